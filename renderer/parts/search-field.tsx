import { Search } from 'lucide-react'
import { longest } from '../text/limits.ts'

interface SearchFieldProps {
  readonly id: string
  readonly label: string
  readonly placeholder: string
  readonly value: string
  readonly set: (value: string) => void
}

/** A field that searches the list below it while the user types. */
export function SearchField({ id, label, placeholder, value, set }: SearchFieldProps) {
  return (
    <div className="search">
      <Search aria-hidden="true" />
      <input
        id={id}
        type="search"
        maxLength={longest.search}
        aria-label={label}
        placeholder={placeholder}
        value={value}
        onChange={(event) => set(event.target.value)}
      />
    </div>
  )
}
