import { Lock, Settings } from 'lucide-react'
import { useFeedback } from '../state/feedback.tsx'
import { useNavigation } from '../state/navigation.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import type { Place } from '../state/places.ts'
import { IconButton } from './button.tsx'

const TABS = [
  { at: 'accounts', name: 'Accounts' },
  { at: 'leases', name: 'Tokens' },
  { at: 'tools', name: 'Tools' },
  { at: 'activity', name: 'Activity' },
] as const satisfies readonly { at: Place['at']; name: string }[]

/** The bar at the top: the main screens and the lock. */
export function TopBar() {
  const { place, go } = useNavigation()
  const { run } = useFeedback()
  const { leases } = useSnapshot()
  const bridge = useBridge()
  return (
    <nav className="top" aria-label="Tokentray">
      {TABS.map(({ at, name }) => (
        <button
          key={at}
          type="button"
          className="tab"
          aria-current={place.at === at ? 'page' : undefined}
          onClick={() => go({ at })}
        >
          {name}
          {at === 'leases' && leases.length > 0 && <span className="count">{leases.length}</span>}
        </button>
      ))}
      <span className="space" />
      <IconButton
        label="Settings"
        aria-current={place.at === 'settings' ? 'page' : undefined}
        act={() => go({ at: 'settings' })}
      >
        <Settings aria-hidden="true" />
      </IconButton>
      <IconButton label="Lock" act={() => run(() => bridge.lock())}>
        <Lock aria-hidden="true" />
      </IconButton>
    </nav>
  )
}
