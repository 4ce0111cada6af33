import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import type { ToolLanguage } from '../../preload/contract.ts'
import type { ClientView } from '../../preload/snapshot.ts'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge } from '../state/page.tsx'
import { LANGUAGES } from '../text/tools.ts'
import { Button } from './button.tsx'
import { Choice } from './choice.tsx'

const CHOICES = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))

interface ToolSecretProps {
  readonly tool: ClientView
  /** Called with the command that uses the file that the secret was saved in. */
  readonly saved: (line: string) => void
}

/** The ways to take a tool's new secret, one of which can be used once. The page never gets the secret. */
export function ToolSecret({ tool, saved }: ToolSecretProps) {
  const { id, name } = tool
  const bridge = useBridge()
  const { run } = useFeedback()
  const [language, setLanguage] = useState<ToolLanguage>('curl')
  const copySecret = () =>
    run(
      () => bridge.copyToolSecret(id, 'secret'),
      () => [`Secret of ${name} copied. Paste it where the tool keeps its secrets.`],
    )
  const copyCommand = () =>
    run(
      () => bridge.copyToolSecret(id, language),
      () => [`Command for ${LANGUAGES[language]} copied. Paste it in a terminal.`],
    )
  const save = () =>
    run(async () => {
      const answer = await bridge.saveToolSecret(id)
      if (answer) saved(answer.line)
    })
  return (
    <section className="hint" aria-labelledby="tool-secret">
      <h2 id="tool-secret">
        <KeyRound aria-hidden="true" />
        Give {name} its secret
      </h2>
      <p>
        Choose one: the secret can be taken only once, within five minutes. Later you can make a new
        one.
      </p>
      <div className="ways">
        <Button id="copy-secret" look="primary" act={copySecret}>
          Copy secret
        </Button>
        <Button id="save-secret" act={save}>
          Save to file…
        </Button>
      </div>
      <p>Or copy a command with the ID and the secret that gets a token:</p>
      <div className="ways">
        <Choice
          label="Language"
          value={language}
          choices={CHOICES}
          choose={(value) => setLanguage(value as ToolLanguage)}
        />
        <Button id="copy-command" act={copyCommand}>
          Copy command
        </Button>
      </div>
      <Button id="drop-secret" look="quiet" act={() => run(() => bridge.dropToolSecret(id))}>
        I do not need it
      </Button>
    </section>
  )
}

/** How to use the file that the secret was saved in. */
export function SavedSecret({ line }: { line: string }) {
  return (
    <section className="hint" aria-labelledby="saved-secret">
      <h2 id="saved-secret">
        <KeyRound aria-hidden="true" />
        Secret saved
      </h2>
      <p>Only you can read the file. Get a token in a terminal with:</p>
      <code className="line">{line}</code>
    </section>
  )
}
