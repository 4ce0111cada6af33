import { Info, TriangleAlert, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from './button.tsx'

interface BannerProps {
  readonly tone?: 'info' | 'warning'
  readonly dismiss?: () => unknown
  readonly children: ReactNode
}

/** A message that the user should see. */
export function Banner({ tone = 'info', dismiss, children }: BannerProps) {
  const Icon = tone === 'info' ? Info : TriangleAlert
  return (
    <div className={`banner ${tone}`}>
      <Icon aria-hidden="true" />
      <div className="banner-text">{children}</div>
      {dismiss && (
        <IconButton label="Dismiss" act={dismiss}>
          <X aria-hidden="true" />
        </IconButton>
      )}
    </div>
  )
}
