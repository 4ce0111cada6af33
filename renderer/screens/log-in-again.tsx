import type { AccountView } from '../../preload/snapshot.ts'
import { LoginForm } from '../form/login-form.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Screen } from '../parts/screen.tsx'
import { useFeedback } from '../state/feedback.tsx'
import { useNavigation } from '../state/navigation.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { called } from '../text/accounts.ts'

/** Logging in to an existing account; its stored values are filled in. */
export function LogInAgain({ account }: { account: AccountView }) {
  const { uid, id, label, provider: providerId, values, needsCode, state } = account
  const { loginRequiredReason } = account
  const { providers } = useSnapshot()
  const { back, home } = useNavigation()
  const { say } = useFeedback()
  const bridge = useBridge()
  const provider = providers.find((each) => each.id === providerId)
  return (
    <Screen title={`Log in to ${called(account)}`} hasBack>
      {provider ? (
        <>
          <p className="lead">{label}</p>
          {loginRequiredReason && <p className="lead">{loginRequiredReason.description}</p>}
          <LoginForm
            provider={provider}
            stored={values}
            needsCode={needsCode && state !== 'signed_out'}
            cancel={back}
            send={async (request) => {
              await bridge.login(uid, request)
              home(id)
              say(`Logged in to ${called(account)}.`)
            }}
          />
        </>
      ) : (
        <EmptyState title="Unsupported service">Update Tokentray to log in.</EmptyState>
      )}
    </Screen>
  )
}
