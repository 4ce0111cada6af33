import { Plus } from 'lucide-react'
import { Button } from '../parts/button.tsx'
import { Notices } from '../parts/notices.tsx'
import { Screen } from '../parts/screen.tsx'
import { TokensOfOthers } from '../parts/tokens-of-others.tsx'
import { isWithoutVault } from '../parts/vault-problem.tsx'
import { useNavigation } from '../state/navigation.tsx'
import { useSnapshot } from '../state/page.tsx'

/** What a newcomer sees: what this is, and what to do first. */
export function Welcome() {
  const { status } = useSnapshot()
  const { go } = useNavigation()
  return (
    <Screen title="Welcome to Tokentray">
      <Notices />
      <div className="welcome">
        <p>
          It keeps your passwords and API keys in {status.memory ? 'memory' : 'the keychain'}, and
          gives your tools tokens that end soon.
        </p>
        <ol className="steps">
          <li>
            <h2>Add an account</h2>
            <p>Log in once, as you would at the service.</p>
            {!isWithoutVault(status) && (
              <Button id="add" look="primary" act={() => go({ at: 'add' })}>
                <Plus aria-hidden="true" />
                Add account
              </Button>
            )}
          </li>
          <li>
            <h2>Copy a token, or let a tool in</h2>
            <p>Copy from the list here. For a tool, type in a terminal:</p>
            <code className="line">
              tokentray clients add my-tool <span className="nowrap">--accounts</span> ACCOUNT
            </code>
          </li>
          <li>
            <h2>See what is out</h2>
            <p>Leases show which tool holds a token and until when; each can be ended.</p>
          </li>
        </ol>
      </div>
      <TokensOfOthers />
    </Screen>
  )
}
