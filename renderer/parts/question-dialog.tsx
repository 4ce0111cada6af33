import { TriangleAlert } from 'lucide-react'
import { AlertDialog } from 'radix-ui'
import { useLayoutEffect, useRef, useState } from 'react'
import { type Question, useQuestion } from '../state/question.tsx'
import { Button } from './button.tsx'

/** The open question, if any. Its first button is the harmless one. */
export function QuestionDialog() {
  const { question, close } = useQuestion()
  const returnTo = useRef<string | undefined>(undefined)
  if (question) returnTo.current = question.returnTo
  const isOpen = question !== null
  useLayoutEffect(() => {
    // Radix hides the page behind from screen readers only; `inert` blocks the pointer and keyboard too.
    document.getElementById('root')?.toggleAttribute('inert', isOpen)
  }, [isOpen])
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={(open) => open || !question || close(question)}>
      <AlertDialog.Portal>
        {/* Radix's own overlay adds a style element, which the page's CSP blocks. */}
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

/** The element that asked, or the heading if it no longer exists. */
function toElement(id: string | undefined): HTMLElement | null {
  const asked = id === undefined ? null : document.getElementById(id)
  return asked ?? document.querySelector('h1')
}

function Asked({ question, close }: { question: Question; close: () => void }) {
  const { title, text, warning, action, isHarmless, typed, act } = question
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
            Type <code>{typed}</code> to continue
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
          look={isLast ? (isHarmless ? 'primary' : 'danger') : 'plain'}
          act={go}
          off={isLast && !isRight}
        >
          {isLast ? action : 'Continue'}
        </Button>
      </div>
    </>
  )
}
