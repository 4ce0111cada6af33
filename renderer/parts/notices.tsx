import { useFeedback } from '../state/feedback.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { plural } from '../text/times.ts'
import { Banner } from './banner.tsx'
import { VaultProblem } from './vault-problem.tsx'

/** Progress is shown only above this number: fewer are done before anyone could read it. */
const MANY = 10

/** The progress of a reset or of a large revocation. */
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

/** Everything that the user should know before looking at the accounts. */
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
          <p>This desktop does not show tray icons.</p>
          <p>
            Tokentray keeps running when you close its window. Start it again to open the window. On
            GNOME, the extension “AppIndicator and KStatusNotifierItem Support” shows the icon.
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
          <p>Not saved: accounts are forgotten when you quit.</p>
        </Banner>
      )}
      {status.pending > 0 && (
        <Banner>
          <p>
            {plural(status.pending, 'token')} {status.pending === 1 ? 'is' : 'are'} waiting to be
            revoked. See Tokens for details.
          </p>
        </Banner>
      )}
    </>
  )
}
