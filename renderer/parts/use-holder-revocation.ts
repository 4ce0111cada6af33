import { useFeedback } from '../state/feedback.tsx'
import { useBridge, useLatest } from '../state/page.tsx'
import { useQuestion } from '../state/question.tsx'
import { toRevokeHeldQuestion } from '../text/questions.ts'
import { useOutcome } from './use-outcome.ts'

/** Asks, then revokes the active tokens of a holder: a tool by its id, or `you`; `name` is as in the list. */
export function useHolderRevocation(): (holder: string, name: string) => void {
  const latest = useLatest()
  const bridge = useBridge()
  const outcome = useOutcome()
  const { run } = useFeedback()
  const { ask } = useQuestion()
  return (holder, name) =>
    ask({
      ...toRevokeHeldQuestion(name, latest()),
      act: () =>
        run(
          () => bridge.endHolder(holder),
          ({ ended }) => outcome(ended),
        ),
    })
}
