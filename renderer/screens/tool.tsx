import { KeyRound, Trash2 } from 'lucide-react'
import { useRef, useState } from 'react'
import type { ClientView } from '../../preload/snapshot.ts'
import { AccountChoice } from '../parts/account-choice.tsx'
import { Button } from '../parts/button.tsx'
import { Ticking } from '../parts/countdown.tsx'
import { LeaseRow } from '../parts/lease-row.tsx'
import { Screen } from '../parts/screen.tsx'
import { ToolLifetime } from '../parts/tool-lifetime.tsx'
import { SavedSecret, ToolSecret } from '../parts/tool-secret.tsx'
import { useFirstError } from '../parts/use-first-error.ts'
import { useHolderRevocation } from '../parts/use-holder-revocation.ts'
import { useOutcome } from '../parts/use-outcome.ts'
import { useFeedback } from '../state/feedback.tsx'
import { useNavigation } from '../state/navigation.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { useQuestion } from '../state/question.tsx'
import { namesOf } from '../text/accounts.ts'
import { when } from '../text/times.ts'
import {
  lastUse,
  NO_ACCOUNT,
  sayWhich,
  toNewSecretQuestion,
  toRemoveToolQuestion,
  toWithdrawQuestion,
} from '../text/tools.ts'

/** One tool: its ID, its accounts, the lifetime of its tokens, its active tokens, and a new secret for it. */
export function Tool({ tool }: { tool: ClientView }) {
  const { id, name, createdAt, lastUsedAt, leaseSeconds = 0, hasFreshSecret } = tool
  const { leases } = useSnapshot()
  const outcome = useOutcome()
  const held = leases.filter(({ client }) => client === name)
  const bridge = useBridge()
  const { run } = useFeedback()
  const { ask } = useQuestion()
  const { replace } = useNavigation()
  const [line, setLine] = useState<string | null>(null)
  const newSecret = () =>
    ask({
      ...toNewSecretQuestion(name),
      act: async () => {
        if (await run(() => bridge.newToolSecret(id))) setLine(null)
      },
    })
  const remove = () =>
    ask({
      ...toRemoveToolQuestion(name, held.length),
      act: async () => {
        const done = await run(
          () => bridge.removeTool(id),
          ({ ended }) => [`Removed ${name}.`, ...outcome(ended, [])],
        )
        if (done) replace({ at: 'tools' })
      },
    })
  return (
    <Screen title={name} hasBack>
      {hasFreshSecret && <ToolSecret tool={tool} saved={setLine} />}
      {!hasFreshSecret && line !== null && <SavedSecret line={line} />}
      <dl className="facts">
        <div>
          <dt>ID</dt>
          <dd>
            <code>{id}</code>
          </dd>
        </div>
        <div>
          <dt>Use</dt>
          <dd>
            <Ticking
              moments={[createdAt, lastUsedAt]}
              read={(now) => `${lastUse(tool, now)}, connected ${when(createdAt, now)}`}
            />
          </dd>
        </div>
      </dl>
      <ToolAccounts tool={tool} />
      <div className="fields">
        <ToolLifetime
          seconds={leaseSeconds}
          choose={(seconds) => void run(() => bridge.setToolLifetime(id, seconds))}
        />
      </div>
      {held.length > 0 && <ToolTokens tool={tool} held={held} />}
      <div className="buttons foot">
        <Button id="new-secret" act={newSecret}>
          <KeyRound aria-hidden="true" />
          New secret…
        </Button>
        <Button id="remove" className="danger-text" act={remove}>
          <Trash2 aria-hidden="true" />
          Remove…
        </Button>
      </div>
    </Screen>
  )
}

type Held = ReturnType<typeof useSnapshot>['leases']

function ToolTokens({ tool, held }: { tool: ClientView; held: Held }) {
  const revoke = useHolderRevocation()
  const nameFor = namesOf(useSnapshot().accounts)
  return (
    <section aria-labelledby="tool-tokens">
      <div className="section-head">
        <h2 id="tool-tokens">Active tokens</h2>
        <Button id="revoke-active" look="quiet" act={() => revoke(tool.id, tool.name)}>
          Revoke all
        </Button>
      </div>
      <ul className="list">
        {held.map((lease) => (
          <LeaseRow
            key={lease.id}
            lease={lease}
            shows="account"
            accountName={nameFor(lease.account)}
          />
        ))}
      </ul>
    </section>
  )
}

/** The accounts that the tool may use, and boxes to change them. */
function ToolAccounts({ tool }: { tool: ClientView }) {
  const nameFor = namesOf(useSnapshot().accounts)
  const [isChanging, setChanging] = useState(false)
  return (
    <section aria-label="Accounts">
      {!isChanging && (
        <div className="section-head">
          <h2>Accounts</h2>
          <Button id="change-accounts" look="quiet" act={() => setChanging(true)}>
            Change
          </Button>
        </div>
      )}
      {isChanging ? (
        <ChangeAccounts tool={tool} done={() => setChanging(false)} />
      ) : (
        <ul className="facts">
          {tool.accounts.map((account) => (
            <li key={account}>{nameFor(account)}</li>
          ))}
          {tool.accounts.length === 0 && <li className="help">It may use no account.</li>}
        </ul>
      )}
    </section>
  )
}

function ChangeAccounts({ tool, done }: { tool: ClientView; done: () => void }) {
  const { id, name } = tool
  const { accounts } = useSnapshot()
  const outcome = useOutcome()
  const bridge = useBridge()
  const { run } = useFeedback()
  const { ask } = useQuestion()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(accounts.filter((each) => tool.accounts.includes(each.id)).map(({ uid }) => uid)),
  )
  const [error, setError] = useState<string>()
  const boxes = useRef<HTMLDivElement>(null)
  const showError = useFirstError(boxes)
  const withdrawn = accounts.filter(
    (each) => tool.accounts.includes(each.id) && !chosen.has(each.uid),
  )
  const change = async () => {
    const isDone = await run(
      () => bridge.setToolAccounts(id, [...chosen]),
      ({ ended }) => [
        `Changed the accounts of ${name}.`,
        ...sayWhich(accounts.filter(({ uid }) => chosen.has(uid)).map((each) => each.id)),
        ...outcome(ended, []),
      ],
    )
    if (isDone) done()
  }
  const save = () => {
    if (chosen.size === 0) {
      setError(NO_ACCOUNT)
      return showError()
    }
    if (withdrawn.length === 0) return change()
    const of = withdrawn.map((each) => each.id)
    return ask({ ...toWithdrawQuestion(name, of), act: change })
  }
  return (
    <div ref={boxes} className="fields">
      <AccountChoice
        accounts={accounts}
        chosen={chosen}
        choose={(next) => {
          setChosen(next)
          setError(undefined)
        }}
        error={error}
      />
      <div className="buttons">
        <Button id="save-accounts" look="primary" act={save}>
          Save
        </Button>
        <Button id="keep-accounts" act={done}>
          Cancel
        </Button>
      </div>
    </div>
  )
}
