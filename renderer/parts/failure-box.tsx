import { TriangleAlert, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Failure } from '../../preload/failure.ts'
import { IconButton } from './button.tsx'

interface FailureBoxProps {
  readonly failure: Failure
  readonly dismiss?: () => unknown
  /** Buttons for the next step. */
  readonly children?: ReactNode
}

/** A failure, shown where it happened: the message and what to do next. */
export function FailureBox({ failure, dismiss, children }: FailureBoxProps) {
  return (
    <div className="banner danger" role="alert">
      <TriangleAlert aria-hidden="true" />
      <div className="banner-text">
        <p className="strong">{failure.message}</p>
        <p>{failure.hint}</p>
        {children && <div className="buttons">{children}</div>}
      </div>
      {dismiss && (
        <IconButton label="Dismiss" act={dismiss}>
          <X aria-hidden="true" />
        </IconButton>
      )}
    </div>
  )
}
