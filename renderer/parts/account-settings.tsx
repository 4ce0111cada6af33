import { type SyntheticEvent, useState } from 'react'
import { isDisplayName, tidyDisplayName } from '../../main/base/text/account-looks.ts'
import type { AccountChange } from '../../preload/contract.ts'
import type { Failure } from '../../preload/failure.ts'
import type { AccountView, LeaseKind } from '../../preload/snapshot.ts'
import { toFailure } from '../state/failure.ts'
import { useFeedback } from '../state/feedback.tsx'
import { useNavigation } from '../state/navigation.tsx'
import { useBridge } from '../state/page.tsx'
import { COLORS, KINDS, leaseLengths } from '../text/accounts.ts'
import { isName, NAME_RULE, NOT_A_DISPLAY_NAME } from '../text/names.ts'
import { inWords } from '../text/times.ts'
import { Button } from './button.tsx'
import { Choice } from './choice.tsx'
import { TextField } from './text-field.tsx'
import { Toggle } from './toggle.tsx'

/** The names and looks of an account, and the sharing and lifetime of its tokens. */
export function AccountSettings({ account }: { account: AccountView }) {
  const { uid, leaseKind, leaseKinds, leaseSeconds, color = 'none', pinned = false } = account
  const bridge = useBridge()
  const { run } = useFeedback()
  const change = (wanted: AccountChange) => void run(() => bridge.changeAccount(uid, wanted))
  return (
    <section aria-labelledby="account-settings">
      <div className="section-head">
        <h2 id="account-settings">Settings</h2>
      </div>
      <div className="fields">
        <DisplayName account={account} />
        <Choice
          label="Color"
          help="Marks the account in the list, for example red for production."
          value={color}
          choices={COLORS}
          choose={(chosen) => {
            const known = COLORS.find(({ value }) => value === chosen)
            if (known) change({ color: known.value })
          }}
        />
        <Toggle
          label="Pinned"
          help="Pinned accounts are listed first."
          on={pinned}
          set={(wanted) => change({ pinned: wanted })}
        />
        <Rename account={account} />
        {leaseKinds.length > 1 && (
          <Choice
            label="Token sharing"
            help={
              leaseKind === 'shared'
                ? 'Tools share one token. It stays valid until the last one is done with it.'
                : 'Each tool gets its own token.'
            }
            value={leaseKind}
            choices={leaseKinds.map((kind) => ({ value: kind, label: KINDS[kind] }))}
            choose={(kind) => change({ leaseKind: kind as LeaseKind })}
          />
        )}
        <Choice
          label="Token lifetime"
          help="Applies to new tokens, up to the service's limit."
          value={String(leaseSeconds)}
          choices={leaseLengths(leaseSeconds).map((seconds) => ({
            value: String(seconds),
            label: inWords(seconds),
          }))}
          choose={(seconds) => change({ leaseSeconds: Number(seconds) })}
        />
      </div>
    </section>
  )
}

function DisplayName({ account }: { account: AccountView }) {
  const { uid, id, displayName: current = '' } = account
  const bridge = useBridge()
  const { say } = useFeedback()
  const [text, setText] = useState(current)
  const [failure, setFailure] = useState<Failure | null>(null)
  const save = async () => {
    const wanted = tidyDisplayName(text)
    if (wanted !== '' && !isDisplayName(wanted)) return setFailure(NOT_A_DISPLAY_NAME)
    try {
      await bridge.changeAccount(uid, { displayName: wanted })
      setText(wanted)
      say(wanted === '' ? `${id} is shown by its name.` : `${id} is shown as ${wanted}.`)
    } catch (error) {
      setFailure(toFailure(error))
    }
    return undefined
  }
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    void save()
  }
  return (
    <form className="rename" onSubmit={submit} noValidate>
      <TextField
        id="account-display-name"
        label="Display name"
        isOptional
        help="Shown in the window and the tray menu, in any script."
        value={text}
        set={(typed) => {
          setText(typed)
          setFailure(null)
        }}
        {...(failure && { error: failure })}
      />
      {tidyDisplayName(text) !== current && (
        <Button look="primary" act={save}>
          Save
        </Button>
      )}
    </form>
  )
}

function Rename({ account }: { account: AccountView }) {
  const { uid, id, provider } = account
  const bridge = useBridge()
  const { say } = useFeedback()
  const { replace } = useNavigation()
  const [name, setName] = useState(account.name)
  const [failure, setFailure] = useState<Failure | null>(null)
  const rename = async () => {
    if (!isName(name)) return setFailure(NAME_RULE)
    try {
      const { account: renamed } = await bridge.changeAccount(uid, { name })
      replace({ at: 'account', account: renamed })
      say(`Renamed ${id} to ${renamed}.`)
    } catch (error) {
      setFailure(toFailure(error))
    }
    return undefined
  }
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    void rename()
  }
  const isChanged = name !== account.name
  return (
    <form className="rename" onSubmit={submit} noValidate>
      <TextField
        id="account-name"
        label="Name"
        prefix={`${provider}/`}
        value={name}
        set={(text) => {
          setName(text)
          setFailure(null)
        }}
        {...(failure && { error: failure })}
      />
      {isChanged && (
        <Button look="primary" act={rename}>
          Rename
        </Button>
      )}
    </form>
  )
}
