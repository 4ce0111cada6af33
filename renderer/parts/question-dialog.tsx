import { TriangleAlert } from 'lucide-react'
import { AlertDialog } from 'radix-ui'
import { useLayoutEffect, useRef, useState } from 'react'
import { type Question, useAsking } from '../state/asking.tsx'
import { Button } from './button.tsx'

/** The question that is open, if any. Its first button is the harmless one. */
export function QuestionDialog() {
  const { question, close } = useAsking()
  const returnTo = useRef<string | undefined>(undefined)
  if (question) returnTo.current = question.returnTo
  const isOpen = question !== null
  useLayoutEffect(() => {
    // Radix hides what is behind from screen readers; this keeps every other way out of it too.
    document.getElementById('root')?.toggleAttribute('inert', isOpen)
  }, [isOpen])
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={(open) => open || !question || close(question)}>
      <AlertDialog.Portal>
        {/* Radix's own overlay would add a style element, which the policy of the page refuses. */}
        {question && <div className="backdrop" />}
        <AlertDialog.Content
          className="dialog"
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            toElement(returnTo.current)?.focus()
          }}
        >
          {question && <Asked question={question} close={() => close(question)} />}
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}

/** What asked may be gone by now; then the heading is the place to go on from. */
function toElement(id: string | undefined): HTMLElement | null {
  const asked = id === undefined ? null : document.getElementById(id)
  return asked ?? document.querySelector('h1')
}

function Asked({ question, close }: { question: Question; close: () => void }) {
  const { title, text, warning, deed, isMild, typed, act } = question
  const [step, setStep] = useState<1 | 2>(1)
  const [word, setWord] = useState('')
  const isLast = typed === undefined || step === 2
  const isRight = typed === undefined || word === typed
  const go = async () => {
    if (!isLast) return setStep(2)
    if (!isRight) return undefined
    await act()
    return close()
  }
  return (
    <>
      <AlertDialog.Title className="dialog-title">{title}</AlertDialog.Title>
      <AlertDialog.Description asChild>
        <div className="dialog-text">
          {text.map((line) => (
            <p key={line}>{line}</p>
          ))}
          {warning && (
            <p className="dialog-warning">
              <TriangleAlert aria-hidden="true" />
              <span>{warning}</span>
            </p>
          )}
        </div>
      </AlertDialog.Description>
      {typed !== undefined && step === 2 && (
        <form
          className="field"
          onSubmit={(event) => {
            event.preventDefault()
            void go()
          }}
        >
          <label htmlFor="typed">
            Type <code>{typed}</code> to go on
          </label>
          {/* biome-ignore lint/a11y/noAutofocus: the second step of a dialog that is open. */}
          <input id="typed" autoFocus value={word} onChange={(e) => setWord(e.target.value)} />
        </form>
      )}
      <div className="buttons end">
        <AlertDialog.Cancel asChild>
          <button type="button" className="button plain">
            Cancel
          </button>
        </AlertDialog.Cancel>
        <Button
          look={isLast ? (isMild ? 'primary' : 'danger') : 'plain'}
          act={go}
          off={isLast && !isRight}
        >
          {isLast ? deed : 'Go on'}
        </Button>
      </div>
    </>
  )
}
