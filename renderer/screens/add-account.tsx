import { ChevronRight } from 'lucide-react'
import { LoginForm } from '../form/login-form.tsx'
import { ProviderTile } from '../parts/provider-tile.tsx'
import { Screen } from '../parts/screen.tsx'
import { useFeedback } from '../state/feedback.tsx'
import { useNavigation } from '../state/navigation.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'

/** Choosing a service, then logging in to it. */
export function AddAccount({ provider: id }: { provider: string | undefined }) {
  const { providers, accounts } = useSnapshot()
  const { back, home } = useNavigation()
  const { say } = useFeedback()
  const bridge = useBridge()
  const provider = providers.find((each) => each.id === id)
  if (!provider) return <Picker />
  const credentialSources = accounts.filter(
    (account) =>
      provider.sharesCredential && account.provider === id && account.state === 'signed_in',
  )
  return (
    <Screen title={`Add ${provider.title}`} hasBack>
      <p className="lead">{provider.summary}</p>
      <LoginForm
        provider={provider}
        credentialSources={credentialSources}
        cancel={back}
        send={async (request) => {
          const { account } = await bridge.addAccount({ ...request, provider: provider.id })
          home(account)
          say(`Added ${account}.`)
        }}
      />
    </Screen>
  )
}

function Picker() {
  const { providers } = useSnapshot()
  const { go } = useNavigation()
  return (
    <Screen title="Add account" hasBack>
      <p className="lead">Choose a service.</p>
      <ul className="list">
        {providers.map(({ id, title, summary }, index) => (
          <li key={id} className="row whole-row">
            <ProviderTile provider={id} title={title} />
            <div className="row-text">
              <button
                type="button"
                id={`provider-${id}`}
                className="row-title row-open"
                data-first={index === 0 || undefined}
                aria-describedby={`provider-${id}-summary`}
                onClick={() => go({ at: 'add', provider: id })}
              >
                {title}
              </button>
              <span className="row-more" id={`provider-${id}-summary`}>
                {summary}
              </span>
            </div>
            <ChevronRight className="chevron" aria-hidden="true" />
          </li>
        ))}
      </ul>
    </Screen>
  )
}
