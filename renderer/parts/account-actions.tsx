import type { LucideIcon } from 'lucide-react'
import { ChevronRight, ExternalLink, List, RefreshCw, ShieldAlert } from 'lucide-react'
import type { AccountView, Operation } from '../../preload/snapshot.ts'
import { useNavigation } from '../state/navigation.tsx'
import { useAccountActions } from './account-deeds.ts'

interface Action {
  readonly operation: Operation
  readonly icon: LucideIcon
  readonly label: string
  readonly help: string
  readonly act: () => unknown
}

/** What the service of an account can do besides giving tokens; nothing where it can do no more. */
export function AccountActions({ account }: { account: AccountView }) {
  const { id, operations, state } = account
  const deeds = useAccountActions(account)
  const { go } = useNavigation()
  const all: readonly Action[] = [
    {
      operation: 'portal',
      icon: ExternalLink,
      label: 'Portal',
      help: 'Open its pages in the browser, logged in',
      act: () => go({ at: 'portal', account: id }),
    },
    {
      operation: 'list_tokens',
      icon: List,
      label: 'Tokens',
      help: 'All that the service has, and whose they are',
      act: () => go({ at: 'tokens', account: id }),
    },
    {
      operation: 'rotate',
      icon: RefreshCw,
      label: 'Rotate…',
      help: 'New tokens in the place of those that are out',
      act: deeds.rotate,
    },
    {
      operation: 'revoke_all',
      icon: ShieldAlert,
      label: 'End all tokens…',
      help: 'Those of other programs included',
      act: deeds.revokeAll,
    },
  ]
  const offered = all.filter(({ operation }) => operations.includes(operation))
  if (state !== 'signed_in' || offered.length === 0) return null
  return (
    <section aria-labelledby="at-service">
      <div className="section-head">
        <h2 id="at-service">At the service</h2>
      </div>
      <ul className="list">
        {offered.map(({ operation, icon: Icon, label, help, act }) => (
          <li key={operation} className="row whole-row">
            <Icon aria-hidden="true" />
            <div className="row-text">
              <button
                type="button"
                id={`do-${operation}`}
                className="row-title row-open"
                aria-describedby={`do-${operation}-help`}
                onClick={() => void act()}
              >
                {label}
              </button>
              <span className="row-line" id={`do-${operation}-help`} title={help}>
                {help}
              </span>
            </div>
            <ChevronRight className="chevron" aria-hidden="true" />
          </li>
        ))}
      </ul>
    </section>
  )
}
