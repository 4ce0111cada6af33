import { useFeedback } from '../state/feedback.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { plural } from '../text/times.ts'
import { Banner } from './banner.tsx'
import { VaultProblem } from './vault-problem.tsx'

/** All that the person should know before they look at the accounts. */
export function Notices() {
  const { status, accounts } = useSnapshot()
  const silent = new Set(accounts.flatMap((each) => (each.silent ? [each.silent.message] : [])))
  const { run } = useFeedback()
  const bridge = useBridge()
  return (
    <>
      <VaultProblem />
      {status.portTaken && (
        <Banner tone="warning">
          <p>{status.portTaken.message}</p>
          <p>{status.portTaken.hint}</p>
        </Banner>
      )}
      {[...silent].map((message) => (
        <Banner key={message} tone="warning">
          <p>{message}</p>
        </Banner>
      ))}
      {status.notices.map((text) => (
        <Banner key={text} tone="warning" dismiss={() => run(() => bridge.dismissNotice(text))}>
          <p>{text}</p>
        </Banner>
      ))}
      {status.memory && (
        <Banner>
          <p>Credentials are kept in memory until quit.</p>
        </Banner>
      )}
      {status.pending > 0 && (
        <Banner>
          <p>
            {plural(status.pending, 'token')} {status.pending === 1 ? 'is' : 'are'} waiting to be
            revoked; the list of leases says for what.
          </p>
        </Banner>
      )}
    </>
  )
}
