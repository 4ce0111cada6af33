import type { Failure } from '../../../preload/failure.ts'
import { namesOf, withNames } from '../../../renderer/text/accounts.ts'
import { tokenOf } from '../../../renderer/text/names.ts'
import {
  type QuestionWords,
  toLogOutQuestion,
  toRevokeAllQuestion,
  toRevokeQuestion,
} from '../../../renderer/text/questions.ts'
import { toRevocationLines } from '../../../renderer/text/revocation.ts'
import { toFailure } from '../ipc/failure.ts'
import type { Handlers } from '../ipc/ipc.ts'
import type { Notifier } from '../system/notifier.ts'
import type { Place } from '../window/popover.ts'
import type { MenuAction } from './menu-lines.ts'

interface MenuActionPorts {
  readonly handlers: Handlers
  /** Opens the window, optionally at a place in it. */
  readonly open: (place?: Place) => void
  readonly log: { error(message: string, fields: Readonly<Record<string, unknown>>): void }
  /** Shows a failure in a native dialog: the menu cannot show it. */
  readonly tell: (failure: Failure) => void
  /** Asks in a native dialog; true if the user agrees. */
  readonly ask: (question: QuestionWords) => Promise<boolean>
  /** Reports the result in a notification: the menu closes with the click. */
  readonly notifier: Pick<Notifier, 'outcome' | 'copied'>
  readonly now: () => number
  /** True on Wayland: compositors accept a copy only from the focused window, and a menu is none. */
  readonly copiesInWindow: boolean
}

type Ended = Awaited<ReturnType<Handlers['endAll']>>

/**
 * Runs the actions of the native menu, which do the same as the buttons of the page. Actions that
 * cannot be undone ask first, one question at a time, and their result is reported.
 */
export function createMenuActions(ports: MenuActionPorts) {
  const { handlers, open, log, tell, notifier, now } = ports
  const ask = oneAtATime(ports.ask)

  /** Does and reports nothing if the user declines. */
  const end = async (question: QuestionWords, act: () => Ended | Promise<Ended>, title: string) => {
    if (!(await ask(question))) return
    const { accounts } = await handlers.snapshot()
    const { ended } = await act()
    notifier.outcome(title, toRevocationLines(withNames(ended, accounts), now(), []))
  }

  const run = async (action: MenuAction): Promise<unknown> => {
    switch (action.do) {
      case 'open':
        return open(action.place)
      case 'logout': {
        const { uid, called } = action
        const act = () => handlers.logout(uid)
        return await end(toLogOutQuestion(called), act, `Logged out of ${called}`)
      }
      case 'copy': {
        const { uid, account, called, form } = action
        if (ports.copiesInWindow) return open({ at: 'copy', account, form })
        return notifier.copied(called, form, await handlers.copy(uid, form), now())
      }
      case 'endLease': {
        const { lease: id } = action
        const snapshot = await handlers.snapshot()
        const lease = snapshot.leases.find((each) => each.id === id)
        // The lease is gone: nothing to ask about, and the handler rejects with the right error.
        if (!lease) return await handlers.endLease(id)
        const title = capital(tokenOf(lease.client, namesOf(snapshot.accounts)(lease.account)))
        const question = toRevokeQuestion(lease, snapshot, now())
        return await end(question, () => handlers.endLease(id), title)
      }
      case 'endAll': {
        const question = toRevokeAllQuestion(await handlers.snapshot())
        return await end(question, () => handlers.endAll(), 'Active tokens')
      }
      case 'lock':
        return await handlers.lock()
      case 'unlock':
        return await handlers.unlock()
      case 'quit':
        return await handlers.quit()
      default:
        return action satisfies never
    }
  }
  return (action: MenuAction): void => {
    run(action).catch((error: unknown) => {
      const failure = toFailure(error, now())
      if (failure.code === 'cancelled') return
      if (failure.code === 'server_error') log.error('a click in the menu failed', { error })
      tell(failure)
    })
  }
}

/** While a question is open, another one counts as declined. */
function oneAtATime(ask: MenuActionPorts['ask']): MenuActionPorts['ask'] {
  let isOpen = false
  return async (question) => {
    if (isOpen) return false
    isOpen = true
    try {
      return await ask(question)
    } finally {
      isOpen = false
    }
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
