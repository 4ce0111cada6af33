import { useFeedback } from '../state/feedback.tsx'
import { useBridge } from '../state/page.tsx'
import { toExported, toImported } from '../text/transfer.ts'
import { Button } from './button.tsx'
import { Section } from './section.tsx'

/** Export and import; the main process asks for the file. */
export function Backup() {
  const bridge = useBridge()
  const { run } = useFeedback()
  return (
    <Section name="Backup">
      <p className="help">
        An exported file holds your accounts, tools and settings, but no passwords, keys or tokens.
        Imported accounts are logged out, and existing ones stay as they are.
      </p>
      <div className="buttons">
        <Button act={() => run(() => bridge.exportSettings(), toExported)}>Export…</Button>
        <Button act={() => run(() => bridge.importSettings(), toImported)}>Import…</Button>
      </div>
    </Section>
  )
}
