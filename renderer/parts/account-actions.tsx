import type { LucideIcon } from 'lucide-react'
import { ChevronRight, ExternalLink, List, RefreshCw, ShieldAlert } from 'lucide-react'
import type { AccountView, Operation } from '../../preload/snapshot.ts'
import { useNavigation } from '../state/navigation.tsx'
import { useAccountActions } from './use-account-actions.ts'

interface Action {
  readonly operation: Operation
  readonly icon: LucideIcon
  readonly label: string
  readonly help: string
  readonly act: () => unknown
}

/** What the account's service offers besides tokens; nothing if it offers no more. */
export function AccountActions({ account }: { account: AccountView }) {
  const { id, operations, state } = account
  const actions = useAccountActions(account)
  const { go } = useNavigation()
  const all: readonly Action[] = [
    {
      operation: 'portal',
      icon: ExternalLink,
      label: 'Portal',
      help: 'Open it in your browser, already logged in',
      act: () => go({ at: 'portal', account: id }),
    },
    {
      operation: 'list_tokens',
      icon: List,
      label: 'All tokens',
      help: 'Every token of this account at the service',
      act: () => go({ at: 'tokens', account: id }),
    },
    {
      operation: 'rotate',
      icon: RefreshCw,
      label: 'Rotate tokens…',
      help: 'Replace all active tokens',
      act: actions.rotate,
    },
    {
      operation: 'revoke_all',
      icon: ShieldAlert,
      label: 'Revoke all tokens…',
      help: 'Including those of other programs',
      act: actions.revokeAll,
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
