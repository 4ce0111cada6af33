import { useFeedback } from '../state/feedback.tsx'
import { useNavigation } from '../state/navigation.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { useQuestion } from '../state/question.tsx'
import { RESET_QUESTION, toReset } from '../text/reset.ts'
import { Button } from './button.tsx'
import { Section } from './section.tsx'

/** Version and address, and what concerns the program as a whole. */
export function About() {
  const { status } = useSnapshot()
  const bridge = useBridge()
  const { run } = useFeedback()
  const { go, home } = useNavigation()
  const { ask } = useQuestion()
  const reset = async () => {
    // The accounts show the progress, and the welcome at the end.
    home()
    void run(() => bridge.reset(RESET_QUESTION.typed), toReset)
  }
  return (
    <Section name="About">
      <dl className="facts flush">
        <div>
          <dt>Version</dt>
          <dd>{status.version}</dd>
        </div>
        <div>
          <dt>Address for tools</dt>
          <dd>
            <code>{status.issuer}</code>
          </dd>
        </div>
      </dl>
      <div className="buttons">
        <Button
          act={() =>
            run(
              () => bridge.copyAddress(),
              () => ['Address copied.'],
            )
          }
        >
          Copy address
        </Button>
        <Button act={() => run(() => bridge.openDataFolder())}>Open log folder</Button>
        <Button id="licenses" act={() => go({ at: 'licenses' })}>
          Licenses
        </Button>
      </div>
      <div className="buttons">
        <Button act={() => run(() => bridge.quit())}>Quit Tokentray</Button>
        <Button
          id="reset"
          className="danger-text"
          act={() => ask({ ...RESET_QUESTION, act: reset })}
        >
          Reset…
        </Button>
      </div>
    </Section>
  )
}
