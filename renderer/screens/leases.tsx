import { useState } from 'react'
import type { AccountView, LeaseView } from '../../preload/snapshot.ts'
import { Button } from '../parts/button.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { LeaseRow } from '../parts/lease-row.tsx'
import { Screen } from '../parts/screen.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { SessionTokens } from '../parts/session-tokens.tsx'
import { UnrevokedTokens } from '../parts/unrevoked-tokens.tsx'
import { useAccountActions } from '../parts/use-account-actions.ts'
import { useHolderRevocation } from '../parts/use-holder-revocation.ts'
import { useOutcome } from '../parts/use-outcome.ts'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { useQuestion } from '../state/question.tsx'
import { called, namesOf, withNames } from '../text/accounts.ts'
import { countActive } from '../text/active.ts'
import { compareNames, holder, titleOf } from '../text/names.ts'
import { toRevokeAllQuestion } from '../text/questions.ts'
import { MANY, matches } from '../text/search.ts'
import { plural } from '../text/times.ts'

const GROUPS = [
  { value: 'newest', label: 'Newest first' },
  { value: 'holder', label: 'By tool' },
  { value: 'account', label: 'By account' },
] as const
type Grouping = (typeof GROUPS)[number]['value']

/** The active tokens: who holds each one, and until when. */
export function Leases() {
  const { accounts, leases, sessions, lingering, status } = useSnapshot()
  const isOut = countActive({ leases, sessions }) > 0
  const revokeAll = useRevokeAll()
  const [typed, setTyped] = useState('')
  const [grouping, setGrouping] = useState<Grouping>('newest')
  const isLong = leases.length > MANY
  const search = isLong ? typed : ''
  return (
    <Screen
      title="Active tokens"
      actions={
        isOut && (
          <Button id="revoke-all" act={revokeAll}>
            Revoke all
          </Button>
        )
      }
      search={
        isLong && (
          <SearchField id="search" label="Search tokens" value={typed} set={setTyped}>
            <GroupingChoice grouping={grouping} choose={setGrouping} />
          </SearchField>
        )
      }
    >
      {leases.length + sessions.length + lingering.length === 0 &&
        (status.tokensUnknown ? (
          <EmptyState title="Not known yet">
            Tokentray lists active tokens once it can read the keychain.
          </EmptyState>
        ) : (
          <EmptyState title="No active tokens">
            When a tool gets a token, or you copy one, it appears here.
          </EmptyState>
        ))}
      {leases.length > 0 && (
        <Held leases={leases} search={search} grouping={isLong ? grouping : 'newest'} />
      )}
      <SessionTokens tokens={withNames(sessions, accounts)} showAccount />
      <UnrevokedTokens tokens={withNames(lingering, accounts)} showAccount />
    </Screen>
  )
}

interface GroupingChoiceProps {
  readonly grouping: Grouping
  readonly choose: (grouping: Grouping) => void
}

function GroupingChoice({ grouping, choose }: GroupingChoiceProps) {
  return (
    <select
      id="order"
      aria-label="Order"
      value={grouping}
      onChange={(event) => choose(event.target.value as Grouping)}
    >
      {GROUPS.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  )
}

interface HeldProps {
  readonly leases: readonly LeaseView[]
  readonly search: string
  readonly grouping: Grouping
}

/** The tokens that someone holds, as searched and grouped. */
function Held({ leases, search, grouping }: HeldProps) {
  const nameFor = namesOf(useSnapshot().accounts)
  const shown = [...leases]
    .filter(({ client, account, reason = '' }) =>
      matches(search, holder(client), account, nameFor(account), reason),
    )
    .sort((a, b) => b.openedAt - a.openedAt || a.id.localeCompare(b.id))
  return (
    <>
      <p className="hidden" role="status">
        {search && `${plural(shown.length, 'token')} found`}
      </p>
      {search && shown.length === 0 && (
        <EmptyState title="No matches">No active token matches "{search}".</EmptyState>
      )}
      {shown.length > 0 && <Grouped leases={shown} grouping={grouping} />}
    </>
  )
}

function Grouped({ leases, grouping }: { leases: readonly LeaseView[]; grouping: Grouping }) {
  const { accounts } = useSnapshot()
  if (grouping === 'newest') return <Rows leases={leases} />
  const nameOf = ({ client, account }: LeaseView) =>
    grouping === 'holder' ? holder(client) : account
  const names = [...new Set(leases.map(nameOf))].sort(compareNames)
  return names.map((name) => {
    const of = leases.filter((lease) => nameOf(lease) === name)
    const account = accounts.find(({ id }) => id === name)
    if (grouping === 'holder') return <HolderGroup key={name} name={name} leases={of} />
    return account && <AccountGroup key={name} account={account} leases={of} />
  })
}

function HolderGroup({ name, leases }: { name: string; leases: readonly LeaseView[] }) {
  const { clients } = useSnapshot()
  const revoke = useHolderRevocation()
  const id = name === 'you' ? name : clients.find((each) => each.name === name)?.id
  return (
    <Group name={titleOf(name)} leases={leases} act={() => id !== undefined && revoke(id, name)} />
  )
}

function AccountGroup({ account, leases }: { account: AccountView; leases: readonly LeaseView[] }) {
  const { revokeActive } = useAccountActions(account)
  return <Group name={called(account)} leases={leases} act={revokeActive} />
}

interface GroupProps {
  readonly name: string
  readonly leases: readonly LeaseView[]
  /** Revokes all of the group, also those that the search hides. */
  readonly act: () => unknown
}

function Group({ name, leases, act }: GroupProps) {
  return (
    <section aria-label={name}>
      <div className="section-head">
        <h2 className="row-line" title={name}>
          {name}
        </h2>
        <Button id={`revoke-${name}`} look="quiet" act={act} aria-label={`Revoke all of ${name}`}>
          Revoke all
        </Button>
      </div>
      <Rows leases={leases} />
    </section>
  )
}

function Rows({ leases }: { leases: readonly LeaseView[] }) {
  const { copied, accounts } = useSnapshot()
  const nameFor = namesOf(accounts)
  return (
    <ul className="list">
      {leases.map((lease) => (
        <LeaseRow
          key={lease.id}
          lease={lease}
          shows="both"
          accountName={nameFor(lease.account)}
          isCopied={copied?.lease === lease.id}
        />
      ))}
    </ul>
  )
}

/** Asks once, then revokes every active token. */
export function useRevokeAll(): () => void {
  const snapshot = useSnapshot()
  const outcome = useOutcome()
  const bridge = useBridge()
  const { run } = useFeedback()
  const { ask } = useQuestion()
  return () =>
    ask({
      ...toRevokeAllQuestion(snapshot),
      act: () =>
        run(
          () => bridge.endAll(),
          ({ ended }) => outcome(ended),
        ),
    })
}
