import type { ReactNode } from 'react'
import { Button } from './button.tsx'

const idOf = (name: string): string => `section-${name.toLowerCase().replaceAll(' ', '-')}`

/** A part of a long screen, under a heading. */
export function Section({ name, children }: { name: string; children: ReactNode }) {
  const id = idOf(name)
  return (
    <section aria-labelledby={id}>
      <div className="section-head">
        <h2 id={id} tabIndex={-1}>
          {name}
        </h2>
      </div>
      <div className="fields">{children}</div>
    </section>
  )
}

/** Buttons that lead to the sections of a long screen: the next Tab is then in that section. */
export function SectionLinks({ names }: { names: readonly string[] }) {
  return (
    <nav className="section-links" aria-label="Sections">
      {names.map((name) => (
        <Button
          key={name}
          look="quiet"
          act={() => {
            const heading = document.getElementById(idOf(name))
            heading?.focus({ preventScroll: true })
            heading?.scrollIntoView({ block: 'start' })
          }}
        >
          {name}
        </Button>
      ))}
    </nav>
  )
}
