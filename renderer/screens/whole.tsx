import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Screen } from '../parts/screen.tsx'

interface WholeProps {
  readonly icon: LucideIcon
  readonly title: string
  readonly isTurning?: boolean
  readonly children: ReactNode
}

/** A state of the whole program, in place of all screens. */
export function Whole({ icon: Icon, title, isTurning = false, children }: WholeProps) {
  return (
    <Screen title="Tokentray">
      <div className="whole">
        <Icon className={isTurning ? 'spin' : ''} aria-hidden="true" />
        <h2>{title}</h2>
        {children}
      </div>
    </Screen>
  )
}
