import type { ReactNode } from 'react'
import type { Failure } from '../../preload/failure.ts'

interface FrameProps {
  readonly id: string
  readonly label: string
  readonly isOptional?: boolean
  readonly help?: string | undefined
  readonly error?: Failure | undefined
  readonly children: ReactNode
}

/** Label, help and error around an input. */
export function FieldFrame({ id, label, isOptional, help, error, children }: FrameProps) {
  return (
    <div className={error ? 'field wrong' : 'field'}>
      <label htmlFor={id}>
        {label}
        {isOptional && <span className="optional"> (optional)</span>}
      </label>
      {children}
      {error && (
        <p className="error" id={`${id}-error`}>
          {error.message} {error.hint}
        </p>
      )}
      {help && (
        <p className="help" id={`${id}-help`}>
          {help}
        </p>
      )}
    </div>
  )
}

/** The attributes that connect an input to its help and its error. */
export function describedBy(id: string, help: string | undefined, error: Failure | undefined) {
  const ids = [error && `${id}-error`, help && `${id}-help`].filter(Boolean).join(' ')
  return {
    id,
    ...(ids && { 'aria-describedby': ids }),
    ...(error && { 'aria-invalid': true }),
  }
}

interface TextFieldProps extends Omit<FrameProps, 'children'> {
  readonly value: string
  readonly set: (value: string) => void
  /** Fixed text before the input. */
  readonly prefix?: string
  readonly placeholder?: string
  /** It gets the focus when the screen opens. */
  readonly isFirst?: boolean
}

/** One line of text. */
export function TextField({ value, set, prefix, placeholder, isFirst, ...frame }: TextFieldProps) {
  const input = (
    <input
      {...describedBy(frame.id, frame.help, frame.error)}
      value={value}
      placeholder={placeholder}
      data-first={isFirst || undefined}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      onChange={(event) => set(event.target.value)}
    />
  )
  return (
    <FieldFrame {...frame}>
      {prefix === undefined ? (
        input
      ) : (
        <span className="prefixed">
          <span aria-hidden="true">{prefix}</span>
          {input}
        </span>
      )}
    </FieldFrame>
  )
}
