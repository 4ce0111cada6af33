import { type SyntheticEvent, useEffect, useRef, useState } from 'react'
import type { Failure } from '../../preload/failure.ts'
import { AccountChoice } from '../parts/account-choice.tsx'
import { Screen } from '../parts/screen.tsx'
import { TextField } from '../parts/text-field.tsx'
import { ToolLifetime } from '../parts/tool-lifetime.tsx'
import { useFirstError } from '../parts/use-first-error.ts'
import { toFailure } from '../state/failure.ts'
import { useFeedback } from '../state/feedback.tsx'
import { useNavigation } from '../state/navigation.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { isName } from '../text/names.ts'
import { NO_ACCOUNT, TOOL_NAME_RULE } from '../text/tools.ts'

interface Wrong {
  readonly name?: Failure | undefined
  readonly accounts?: string | undefined
}

/** Connects a tool: its name, the accounts that it may use, and how long its tokens are valid. */
export function AddTool() {
  const { accounts, clients } = useSnapshot()
  const bridge = useBridge()
  const { run } = useFeedback()
  const { replace } = useNavigation()
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(accounts.length === 1 ? accounts.map(({ uid }) => uid) : []),
  )
  const [lifetime, setLifetime] = useState(0)
  const [wrong, setWrong] = useState<Wrong>({})
  const form = useRef<HTMLFormElement>(null)
  const showError = useFirstError(form)
  /** The native question is open. */
  const [isBusy, setBusy] = useState(false)
  const [made, setMade] = useState<string | null>(null)
  // It is shown once the snapshot has it.
  const isListed = made !== null && clients.some(({ id }) => id === made)
  useEffect(() => {
    if (isListed && made !== null) replace({ at: 'tool', tool: made })
  }, [isListed, made, replace])

  const connect = async () => {
    const found = {
      ...(!isName(name) && { name: TOOL_NAME_RULE }),
      ...(chosen.size === 0 && { accounts: NO_ACCOUNT }),
    }
    setWrong(found)
    if (Object.keys(found).length > 0) return showError()
    setBusy(true)
    await run(async () => {
      try {
        setMade((await bridge.connectTool(name, [...chosen], lifetime)).tool)
      } catch (error) {
        const failure = toFailure(error)
        if (failure.code !== 'already_exists') throw failure
        setWrong({ name: failure })
        showError()
      }
    })
    setBusy(false)
  }
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    if (!isBusy) void connect()
  }
  return (
    <Screen title="Connect a tool" hasBack>
      <form ref={form} className="fields" onSubmit={submit} noValidate>
        <TextField
          id="tool-name"
          label="Name"
          help="For example backup. Active tokens and activity are listed under it."
          value={name}
          set={(text) => {
            setName(text)
            setWrong((before) => ({ ...before, name: undefined }))
          }}
          isFirst
          {...(wrong.name && { error: wrong.name })}
        />
        <AccountChoice
          accounts={accounts}
          chosen={chosen}
          choose={(next) => {
            setChosen(next)
            setWrong((before) => ({ ...before, accounts: undefined }))
          }}
          error={wrong.accounts}
        />
        <ToolLifetime seconds={lifetime} choose={setLifetime} />
        <p className="help">
          Tokentray asks you to confirm. Then you can copy or save the secret of the tool.
        </p>
        <div className="buttons">
          <button type="submit" className="button primary" aria-disabled={isBusy || undefined}>
            Connect
          </button>
        </div>
      </form>
    </Screen>
  )
}
