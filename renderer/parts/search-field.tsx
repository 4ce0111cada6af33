import { Search } from 'lucide-react'
import type { ReactNode, RefObject } from 'react'
import { longest } from '../text/limits.ts'

interface SearchFieldProps {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly set: (value: string) => void
  readonly input?: RefObject<HTMLInputElement | null>
  /** The id of the text that explains it. */
  readonly describedBy?: string
  /** What else arranges the list, beside the field. */
  readonly children?: ReactNode
}

/** A field that searches the list below it while the user types. */
export function SearchField(props: SearchFieldProps) {
  const { id, label, value, set, input, describedBy, children } = props
  return (
    <search className="search">
      <div className="search-field">
        <Search aria-hidden="true" />
        <input
          ref={input}
          id={id}
          type="search"
          maxLength={longest.search}
          aria-label={label}
          aria-describedby={describedBy}
          placeholder={label}
          autoComplete="off"
          spellCheck={false}
          value={value}
          onChange={(event) => set(event.target.value)}
        />
      </div>
      {children}
    </search>
  )
}
