import type { PreferencesView } from '../../preload/snapshot.ts'
import { Button } from '../parts/button.tsx'
import { Choice } from '../parts/choice.tsx'
import { Screen } from '../parts/screen.tsx'
import { Toggle } from '../parts/toggle.tsx'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { clipboardTimes, leaseLengths } from '../text/accounts.ts'
import { inWords } from '../text/times.ts'

const KINDS = [
  { value: 'service', label: 'What suits the service' },
  { value: 'shared', label: 'Shared: one token for all tools' },
  { value: 'dedicated', label: 'Dedicated: a token for each tool' },
] as const

const toChoice = (seconds: number) => ({ value: String(seconds), label: inWords(seconds) })

/** How Tokentray behaves, and what it is. */
export function Settings() {
  const { preferences } = useSnapshot()
  const bridge = useBridge()
  const { run } = useFeedback()
  const set = (change: Partial<PreferencesView>) => void run(() => bridge.setPreferences(change))
  return (
    <Screen title="Settings">
      <section className="fields" aria-label="Settings">
        <Choice
          label="Clear the clipboard after"
          value={String(preferences.clipboardSeconds)}
          choices={clipboardTimes(preferences.clipboardSeconds).map(toChoice)}
          choose={(value) => set({ clipboardSeconds: Number(value) })}
        />
        <Choice
          label="Length of a lease"
          help="Of accounts that you add from now on."
          value={String(preferences.leaseSeconds)}
          choices={leaseLengths(preferences.leaseSeconds).map(toChoice)}
          choose={(value) => set({ leaseSeconds: Number(value) })}
        />
        <Choice
          label="Kind of lease"
          help="Of new accounts, where the service can give it."
          value={preferences.leaseKind}
          choices={KINDS}
          choose={(value) => {
            const kind = KINDS.find((each) => each.value === value)
            if (kind) set({ leaseKind: kind.value })
          }}
        />
        <Toggle
          label="Lock on sleep"
          help="When the computer goes to sleep or its screen is locked."
          on={preferences.lockOnSleep}
          set={(lockOnSleep) => set({ lockOnSleep })}
        />
        <Toggle
          label="Start at login"
          on={preferences.startAtLogin}
          set={(startAtLogin) => set({ startAtLogin })}
        />
      </section>
      <Tools />
      <About />
    </Screen>
  )
}

function Tools() {
  const { clients } = useSnapshot()
  return (
    <section aria-labelledby="tools">
      <div className="section-head">
        <h2 id="tools">Tools</h2>
      </div>
      <ul className="facts">
        {clients.map(({ name, accounts }) => (
          <li key={name}>
            <span className="strong">{name}</span>
            <span className="help">{accounts.join(', ') || 'no account'}</span>
          </li>
        ))}
      </ul>
      <p className="help inset">
        Let one in with <code>tokentray clients add</code>, put one out with{' '}
        <code>tokentray clients remove</code>.
      </p>
    </section>
  )
}

function About() {
  const { status } = useSnapshot()
  const bridge = useBridge()
  const { run } = useFeedback()
  return (
    <section aria-labelledby="about">
      <div className="section-head">
        <h2 id="about">About</h2>
      </div>
      <dl className="facts">
        <div>
          <dt>Version</dt>
          <dd>{status.version}</dd>
        </div>
        <div>
          <dt>Address for tools</dt>
          <dd>
            <code>{status.issuer}</code>
          </dd>
        </div>
      </dl>
      <div className="buttons foot">
        <Button act={() => run(() => bridge.quit())}>Quit Tokentray</Button>
      </div>
    </section>
  )
}
