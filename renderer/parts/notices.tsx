import { useFeedback } from '../state/feedback.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { plural } from '../text/times.ts'
import { Banner } from './banner.tsx'
import { VaultProblem } from './vault-problem.tsx'

/** Fewer are done before a person could read of it. */
const MANY = 10

/** How far work over many accounts or tokens has come. */
function UnderWay() {
  const { resetting, revoking } = useSnapshot().status
  const isLong = revoking !== undefined && revoking.total > MANY
  if (!resetting && !isLong) return null
  return (
    <Banner>
      <div role="status">
        {resetting && (
          <p>
            Resetting: {resetting.done} of {plural(resetting.total, 'account')} done.
          </p>
        )}
        {isLong && (
          <p>
            Revoking tokens: {revoking.done} of {revoking.total} done.
          </p>
        )}
      </div>
    </Banner>
  )
}

/** All that the person should know before they look at the accounts. */
export function Notices() {
  const { status, accounts } = useSnapshot()
  const silent = new Set(
    accounts.flatMap((each) => (each.silentHost ? [each.silentHost.message] : [])),
  )
  const { run } = useFeedback()
  const bridge = useBridge()
  return (
    <>
      <VaultProblem />
      <UnderWay />
      {status.portTaken && (
        <Banner tone="warning">
          <p>{status.portTaken.message}</p>
          <p>{status.portTaken.hint}</p>
        </Banner>
      )}
      {status.noTray && (
        <Banner tone="warning">
          <p>This desktop shows no tray icons.</p>
          <p>
            Tokentray goes on running when its window is closed; start it again to open the window.
            On GNOME the extension “AppIndicator and KStatusNotifierItem Support” shows the icon.
          </p>
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
