import type { ReactNode } from 'react'

interface EmptyStateProps {
  readonly title: string
  readonly children: ReactNode
  /** What the user can do about it. */
  readonly action?: ReactNode
}

/** Shown in an empty list: says when there will be something in it. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className="empty-state">
      <p className="strong">{title}</p>
      <p>{children}</p>
      {action && <div className="buttons center">{action}</div>}
    </div>
  )
}
