import { toolLifetimes } from '../text/accounts.ts'
import { Choice } from './choice.tsx'

interface ToolLifetimeProps {
  /** Seconds; 0 for the lifetime of each account. */
  readonly seconds: number
  readonly choose: (seconds: number) => void
}

/** The choice of how long the tokens of a tool are valid. */
export function ToolLifetime({ seconds, choose }: ToolLifetimeProps) {
  return (
    <Choice
      label="Token lifetime"
      help="Applies to new tokens of this tool, up to the service's limit."
      value={String(seconds)}
      choices={toolLifetimes(seconds)}
      choose={(chosen) => choose(Number(chosen))}
    />
  )
}
