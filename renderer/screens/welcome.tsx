import { Plus } from 'lucide-react'
import { Button } from '../parts/button.tsx'
import { Notices } from '../parts/notices.tsx'
import { OrphanTokens } from '../parts/orphan-tokens.tsx'
import { Screen } from '../parts/screen.tsx'
import { isWithoutVault } from '../parts/vault-problem.tsx'
import { useNavigation } from '../state/navigation.tsx'
import { useSnapshot } from '../state/page.tsx'

/** Shown without accounts: what Tokentray does, and the first steps. */
export function Welcome() {
  const { status } = useSnapshot()
  const { go } = useNavigation()
  return (
    <Screen title="Welcome to Tokentray">
      <Notices />
      <div className="welcome">
        <p>
          Keep passwords in {status.memory ? 'memory until you quit' : 'your keychain'}. Give tools
          short-lived tokens instead.
        </p>
        <ol className="steps">
          <li>
            <h2>Add an account</h2>
            <p>Choose a service and log in once with your password or API key.</p>
            {!isWithoutVault(status) && (
              <Button id="add" look="primary" act={() => go({ at: 'add' })}>
                <Plus aria-hidden="true" />
                Add account
              </Button>
            )}
          </li>
          <li>
            <h2>Copy a token, or connect a tool</h2>
            <p>
              Copy a token from the list. On the Tools screen, connect scripts and programs, which
              then get tokens by themselves.
            </p>
          </li>
          <li>
            <h2>See active tokens</h2>
            <p>See which tool holds a token and until when, and revoke it at any time.</p>
          </li>
        </ol>
      </div>
      <OrphanTokens />
    </Screen>
  )
}
