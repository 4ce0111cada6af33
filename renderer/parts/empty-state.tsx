import type { ReactNode } from 'react'

/** Shown in an empty list: says when there will be something in it. */
export function EmptyState({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="empty-state">
      <p className="strong">{title}</p>
      <p>{children}</p>
    </div>
  )
}
