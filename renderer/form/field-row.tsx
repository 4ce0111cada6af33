import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import type { Failure } from '../../preload/failure.ts'
import type { FieldView } from '../../preload/snapshot.ts'
import { Button, IconButton } from '../parts/button.tsx'
import { describedBy, FieldFrame } from '../parts/text-field.tsx'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge } from '../state/page.tsx'
import { assumeHttps } from './fields.ts'

interface FieldRowProps {
  readonly field: FieldView
  readonly value: string
  readonly set: (value: string) => void
  /** The account whose value is used if this is left empty. */
  readonly instead?: string | undefined
  readonly error?: Failure | undefined
  /** It is optional, but usually filled in: it is not marked as optional. */
  readonly isExpected?: boolean
  /** It gets the focus when its screen opens. */
  readonly isFirst?: boolean
}

/** The id of the input of a field. */
export const inputId = (name: string): string => `field-${name}`

/** One field of a provider's form, drawn by its kind. */
export function FieldRow(props: FieldRowProps) {
  const { field, instead, error, isExpected = false } = props
  const id = inputId(field.name)
  return (
    <FieldFrame
      id={id}
      label={field.label}
      isOptional={!field.required && !isExpected && field.kind !== 'choice'}
      help={helpOf(field, instead)}
      error={error}
    >
      <Input {...props} />
    </FieldFrame>
  )
}

function helpOf({ kind, help }: FieldView, instead: string | undefined): string | undefined {
  if (!instead || kind === 'choice') return help
  return `Leave empty to use the value of ${instead}. ${help ?? ''}`.trim()
}

function Input({ field, value, set, instead, error, isFirst }: FieldRowProps) {
  const { name, kind, required, choices = [] } = field
  const described = describedBy(inputId(name), helpOf(field, instead), error)
  const given = {
    ...described,
    name,
    'data-first': isFirst || undefined,
    'aria-required': required && !instead ? true : undefined,
  }
  switch (kind) {
    case 'secret':
      return <SecretInput {...given} />
    case 'code':
      return <input {...given} inputMode="numeric" autoComplete="one-time-code" />
    case 'choice':
      return (
        <select {...given} value={value} onChange={(event) => set(event.target.value)}>
          {instead && <option value="">Same as {instead}</option>}
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      )
    case 'file':
      return <FileInput given={given} label={field.label} value={value} set={set} />
    case 'text':
    case 'url':
      return (
        <input
          {...given}
          {...PLAIN}
          inputMode={kind}
          value={value}
          onChange={(event) => set(event.target.value)}
          {...(kind === 'url' && { onBlur: () => complete(value, set) })}
        />
      )
    default:
      return kind satisfies never
  }
}

/** Shows the address that will be used. Left alone if it is that, because `set` also takes back an error. */
function complete(value: string, set: (value: string) => void): void {
  const address = assumeHttps(value)
  if (address !== value) set(address)
}

const PLAIN = { autoComplete: 'off', autoCapitalize: 'off', spellCheck: false } as const

/** Security: typed secrets stay in the input and never enter React state. */
function SecretInput(given: React.ComponentProps<'input'>) {
  const [isShown, setShown] = useState(false)
  return (
    <span className="joined">
      <input {...given} {...PLAIN} type={isShown ? 'text' : 'password'} data-secret />
      <IconButton
        label={isShown ? 'Hide text' : 'Show text'}
        aria-pressed={isShown}
        act={() => setShown(!isShown)}
      >
        {isShown ? <EyeOff aria-hidden="true" /> : <Eye aria-hidden="true" />}
      </IconButton>
    </span>
  )
}

interface FileInputProps extends Pick<FieldRowProps, 'value' | 'set'> {
  readonly given: React.ComponentProps<'input'>
  readonly label: string
}

function FileInput({ given, label, value, set }: FileInputProps) {
  const bridge = useBridge()
  const { run } = useFeedback()
  const choose = () =>
    run(
      () => bridge.chooseFile(),
      ({ path }) => {
        if (path !== null) set(path)
        return []
      },
    )
  return (
    <span className="joined">
      <input
        {...given}
        {...PLAIN}
        value={value}
        title={value}
        onChange={(event) => set(event.target.value)}
      />
      <Button act={choose} aria-label={`Choose… ${label}`}>
        Choose…
      </Button>
    </span>
  )
}
