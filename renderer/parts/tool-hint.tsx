import { Plug } from 'lucide-react'
import { useNavigation } from '../state/navigation.tsx'
import { Button } from './button.tsx'

/** How to connect a tool, shown until the first one is connected. */
export function ToolHint() {
  const { go } = useNavigation()
  return (
    <section className="hint" aria-label="Connect a tool">
      <h2>
        <Plug aria-hidden="true" />
        Connect a tool
      </h2>
      <p>
        Scripts and programs get tokens by themselves with an ID and a secret of their own, and
        never see a password.
      </p>
      <div className="buttons">
        <Button id="connect-tool" act={() => go({ at: 'add-tool' })}>
          Connect a tool
        </Button>
      </div>
    </section>
  )
}
