import type { ReactNode } from 'react'

/** Stands where a list is empty, and says when it will not be. */
export function Nothing({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="nothing">
      <p className="strong">{title}</p>
      <p>{children}</p>
    </div>
  )
}
