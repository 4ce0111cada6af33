import { ChevronRight, ExternalLink, List, RefreshCw, ShieldAlert } from 'lucide-react'
import type { AccountView } from '../../preload/snapshot.ts'
import { shownOperations, useAccountActions } from './use-account-actions.ts'

const icons = { link: ExternalLink, list: List, refresh: RefreshCw, alert: ShieldAlert } as const

/** What the account's service offers besides tokens; nothing if it offers no more. */
export function AccountActions({ account }: { account: AccountView }) {
  const actions = useAccountActions(account)
  const offered = shownOperations(account)
  if (offered.length === 0) return null
  return (
    <section aria-labelledby="at-service">
      <div className="section-head">
        <h2 id="at-service">At the service</h2>
      </div>
      <ul className="list">
        {offered.map(({ name, icon, label, help }) => (
          <li key={name} className="row whole-row">
            <Icon of={icon} />
            <div className="row-text">
              <button
                type="button"
                id={`do-${name}`}
                className="row-title row-open"
                title={label}
                aria-describedby={`do-${name}-help`}
                onClick={() => void actions.operate(name)}
              >
                {label}
              </button>
              <span className="row-line" id={`do-${name}-help`} title={help}>
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

function Icon({ of }: { of: keyof typeof icons }) {
  const Drawn = icons[of]
  return <Drawn aria-hidden="true" />
}
