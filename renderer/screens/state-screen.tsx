import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Screen } from '../parts/screen.tsx'

interface StateScreenProps {
  readonly icon: LucideIcon
  readonly title: string
  readonly isTurning?: boolean
  readonly children: ReactNode
}

/** The screen for a state of the whole app. */
export function StateScreen({ icon: Icon, title, isTurning = false, children }: StateScreenProps) {
  return (
    <Screen title="Tokentray">
      <div className="state-screen">
        <Icon className={isTurning ? 'spin' : ''} aria-hidden="true" />
        <h2>{title}</h2>
        {children}
      </div>
    </Screen>
  )
}
