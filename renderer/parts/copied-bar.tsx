import { ClipboardCheck } from 'lucide-react'
import type { CopiedView } from '../../preload/snapshot.ts'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge, useSnapshot, useTicking } from '../state/page.tsx'
import { nameOfCopied } from '../text/accounts.ts'
import { duration } from '../text/times.ts'
import { Button } from './button.tsx'
import { useFocusInSight } from './use-focus-in-sight.ts'

/** Shows what was copied and when the clipboard will be cleared. */
export function CopiedBar() {
  const { copied, accounts } = useSnapshot()
  useFocusInSight(copied !== null)
  return (
    <section className="copied-place" aria-label="Clipboard">
      <p className="hidden" role="status">
        {copied && `${nameOfCopied(copied, accounts)} copied.`}
      </p>
      {copied && <Copied copied={copied} />}
    </section>
  )
}

function Copied({ copied }: { copied: CopiedView }) {
  const { clearsAt } = copied
  const { preferences, accounts } = useSnapshot()
  const name = nameOfCopied(copied, accounts)
  const { run } = useFeedback()
  const bridge = useBridge()
  const left = useTicking([clearsAt], (now) => Math.max(0, Math.ceil((clearsAt - now) / 1000)))
  const clear = () =>
    run(
      () => bridge.clearClipboard(),
      () => ['The clipboard was cleared.'],
    )
  return (
    <div className="copied">
      <progress
        className="copied-time"
        max={preferences.clipboardSeconds}
        value={Math.min(left, preferences.clipboardSeconds)}
        aria-hidden="true"
      />
      <ClipboardCheck aria-hidden="true" />
      <div className="row-text">
        <span className="row-line strong" title={name}>
          {name}
        </span>
        <span className="countdown help">
          {left > 0 ? `Clears in ${duration(left * 1000)}` : 'Clearing'}
        </span>
      </div>
      <Button act={clear}>Clear now</Button>
    </div>
  )
}
