import { FolderTree, Rocket, ShipWheel, Webhook, Zap } from 'lucide-react'

const ICONS = {
  sftpgo: FolderTree,
  giantswarm: ShipWheel,
  glowmarkt: Zap,
  koyeb: Rocket,
  svix: Webhook,
} as const

const isKnown = (id: string): id is keyof typeof ICONS => Object.hasOwn(ICONS, id)

/** The icon of an account's service, or its first letter if there is no icon. */
export function ProviderTile({ provider, title }: { provider: string; title: string }) {
  const Icon = isKnown(provider) ? ICONS[provider] : null
  return (
    <span className="tile" aria-hidden="true" title={title}>
      {Icon ? <Icon /> : (title.at(0) ?? '?').toUpperCase()}
    </span>
  )
}
