import { FolderTree, Rocket, ShipWheel, Webhook, Zap } from 'lucide-react'

/** A mark and a color for each service, so that it is known at a glance, also without colors. */
const MARKS = {
  sftpgo: { Icon: FolderTree, color: 'blue' },
  giantswarm: { Icon: ShipWheel, color: 'orange' },
  glowmarkt: { Icon: Zap, color: 'yellow' },
  koyeb: { Icon: Rocket, color: 'purple' },
  svix: { Icon: Webhook, color: 'green' },
} as const

/** For other services: no color of a known one. */
const OTHER_COLORS = ['red', 'grey', 'teal'] as const

const isKnown = (id: string): id is keyof typeof MARKS => Object.hasOwn(MARKS, id)

/** Always the same color for a service. */
function otherColor(id: string): string {
  const sum = [...id].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0)
  return OTHER_COLORS[sum % OTHER_COLORS.length] ?? 'grey'
}

/** The mark of an account's service, or its first letter if there is none, in its color. */
export function ProviderTile({ provider, title }: { provider: string; title: string }) {
  const mark = isKnown(provider) ? MARKS[provider] : null
  return (
    <span
      className={`tile own-${mark?.color ?? otherColor(provider)}`}
      aria-hidden="true"
      title={title}
    >
      {mark ? <mark.Icon /> : (title.at(0) ?? '?').toUpperCase()}
    </span>
  )
}
