import type { PreferencesView } from '../../preload/snapshot.ts'
import { Button } from '../parts/button.tsx'
import { Choice } from '../parts/choice.tsx'
import { Screen } from '../parts/screen.tsx'
import { Toggle } from '../parts/toggle.tsx'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { clipboardTimes, KINDS, leaseLengths } from '../text/accounts.ts'
import { inWords } from '../text/times.ts'

const SHARING = [
  { value: 'service', label: 'Automatic (recommended)' },
  { value: 'shared', label: KINDS.shared },
  { value: 'dedicated', label: KINDS.dedicated },
] as const

const toChoice = (seconds: number) => ({ value: String(seconds), label: inWords(seconds) })

/** Preferences, connected tools, version and address. */
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
          label="Token lifetime"
          help="Applies to accounts you add later."
          value={String(preferences.leaseSeconds)}
          choices={leaseLengths(preferences.leaseSeconds).map(toChoice)}
          choose={(value) => set({ leaseSeconds: Number(value) })}
        />
        <Choice
          label="Token sharing"
          help="Applies to new accounts, if the service supports it."
          value={preferences.leaseKind}
          choices={SHARING}
          choose={(value) => {
            const kind = SHARING.find((each) => each.value === value)
            if (kind) set({ leaseKind: kind.value })
          }}
        />
        <Toggle
          label="Lock on sleep"
          help="Lock when the computer sleeps or its screen is locked."
          on={preferences.lockOnSleep}
          set={(lockOnSleep) => set({ lockOnSleep })}
        />
        <Toggle
          label="Start at login"
          on={preferences.startAtLogin}
          set={(startAtLogin) => set({ startAtLogin })}
        />
        <Toggle
          label="Global shortcut"
          help="Ctrl+Shift+F11 (⇧⌘F11 on a Mac) opens the search from any program."
          on={preferences.globalShortcut}
          set={(globalShortcut) => set({ globalShortcut })}
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
            <span className="help">{accounts.join(', ') || 'no accounts'}</span>
          </li>
        ))}
      </ul>
      <p className="help inset">
        Connect a tool with <code>tokentray tools add</code>, disconnect it with{' '}
        <code>tokentray tools remove</code>.
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
