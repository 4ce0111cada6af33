import { Switch } from 'radix-ui'
import { useId } from 'react'

interface ToggleProps {
  readonly label: string
  readonly help?: string
  readonly on: boolean
  readonly set: (on: boolean) => void
}

/** A labelled switch that takes effect immediately. */
export function Toggle({ label, help, on, set }: ToggleProps) {
  const id = useId()
  return (
    <div className="toggle">
      <div>
        <label htmlFor={id}>{label}</label>
        {help && (
          <p className="help" id={`${id}-help`}>
            {help}
          </p>
        )}
      </div>
      <Switch.Root
        id={id}
        className="switch"
        checked={on}
        onCheckedChange={set}
        aria-describedby={help ? `${id}-help` : undefined}
      >
        <Switch.Thumb className="thumb" />
      </Switch.Root>
    </div>
  )
}
