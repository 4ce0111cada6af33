import type { PreferencesView } from '../../preload/snapshot.ts'
import { About } from '../parts/about.tsx'
import { Backup } from '../parts/backup.tsx'
import { Choice } from '../parts/choice.tsx'
import { Screen } from '../parts/screen.tsx'
import { Section, SectionLinks } from '../parts/section.tsx'
import { Toggle } from '../parts/toggle.tsx'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { ZOOMS } from '../state/zoom.ts'
import { clipboardTimes, idleTimes, KINDS, leaseLengths } from '../text/accounts.ts'
import { inWords } from '../text/times.ts'

const SHARING = [
  { value: 'service', label: 'Automatic (recommended)' },
  { value: 'shared', label: KINDS.shared },
  { value: 'dedicated', label: KINDS.dedicated },
] as const

const THEMES = [
  { value: 'system', label: 'Same as the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

const SECTIONS = ['General', 'Security', 'Notifications', 'New accounts', 'Backup', 'About']

const toChoice = (seconds: number) => ({ value: String(seconds), label: inWords(seconds) })
const toZoom = (percent: number) => ({ value: String(percent), label: `${percent} %` })

/** Preferences, export and import, version and address. */
export function Settings() {
  return (
    <Screen title="Settings">
      <SectionLinks names={SECTIONS} />
      <General />
      <Security />
      <Notifications />
      <NewAccounts />
      <Backup />
      <About />
    </Screen>
  )
}

/** The preferences, and a function that changes some of them. */
function usePreferences() {
  const { preferences } = useSnapshot()
  const bridge = useBridge()
  const { run } = useFeedback()
  const set = (change: Partial<PreferencesView>) => void run(() => bridge.setPreferences(change))
  return { preferences, set }
}

function General() {
  const { preferences, set } = usePreferences()
  const { theme, zoom, startAtLogin, globalShortcut } = preferences
  const sizes = [...new Set([...ZOOMS, zoom])].sort((one, other) => one - other)
  return (
    <Section name="General">
      <Choice
        label="Theme"
        value={theme}
        choices={THEMES}
        choose={(value) => {
          const chosen = THEMES.find((each) => each.value === value)
          if (chosen) set({ theme: chosen.value })
        }}
      />
      <Choice
        label="Text size"
        help="Also with Ctrl and +, - or 0."
        value={String(zoom)}
        choices={sizes.map(toZoom)}
        choose={(value) => set({ zoom: Number(value) })}
      />
      <Toggle
        label="Start at login"
        on={startAtLogin}
        set={(startAtLogin) => set({ startAtLogin })}
      />
      <Toggle
        label="Global shortcut"
        help="Ctrl+Shift+F11 (⇧⌘F11 on a Mac) opens the search from any program."
        on={globalShortcut}
        set={(globalShortcut) => set({ globalShortcut })}
      />
    </Section>
  )
}

function Security() {
  const { preferences, set } = usePreferences()
  const { lockAfterIdleMinutes: minutes, lockOnSleep, clipboardSeconds } = preferences
  return (
    <Section name="Security">
      <Toggle
        label="Lock on sleep"
        help="Lock when the computer sleeps or its screen is locked."
        on={lockOnSleep}
        set={(lockOnSleep) => set({ lockOnSleep })}
      />
      <Choice
        label="Lock when idle"
        help="Locks when the mouse and keyboard have not been used. Some Wayland desktops do not report that."
        value={String(minutes)}
        choices={idleTimes(minutes).map((each) => ({
          value: String(each),
          label: each === 0 ? 'Never' : `After ${inWords(each * 60)}`,
        }))}
        choose={(value) => set({ lockAfterIdleMinutes: Number(value) })}
      />
      <Choice
        label="Clear the clipboard after"
        value={String(clipboardSeconds)}
        choices={clipboardTimes(clipboardSeconds).map(toChoice)}
        choose={(value) => set({ clipboardSeconds: Number(value) })}
      />
    </Section>
  )
}

function Notifications() {
  const { preferences, set } = usePreferences()
  return (
    <Section name="Notifications">
      <Toggle
        label="Token copied"
        help="When you copy from the tray menu."
        on={preferences.notifyCopied}
        set={(notifyCopied) => set({ notifyCopied })}
      />
      <Toggle
        label="Login required"
        help="When an account needs you to log in again."
        on={preferences.notifyLoginRequired}
        set={(notifyLoginRequired) => set({ notifyLoginRequired })}
      />
      <Toggle
        label="Service limits"
        help="When a service limits requests."
        on={preferences.notifyServiceLimits}
        set={(notifyServiceLimits) => set({ notifyServiceLimits })}
      />
      <p className="help">
        Results of the tray menu, and a clipboard that could not be cleared, are always shown: you
        would not see them otherwise.
      </p>
    </Section>
  )
}

function NewAccounts() {
  const { preferences, set } = usePreferences()
  return (
    <Section name="New accounts">
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
    </Section>
  )
}
