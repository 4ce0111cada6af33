import type { Failure } from '../../../preload/failure.ts'
import { toEndings } from '../../../renderer/text/endings.ts'
import { tokenOf } from '../../../renderer/text/names.ts'
import {
  type QuestionWords,
  toEndAllQuestion,
  toEndQuestion,
  toLogOutQuestion,
} from '../../../renderer/text/questions.ts'
import { toFailure } from '../ipc/failure.ts'
import type { Handlers } from '../ipc/ipc.ts'
import type { Notifier } from '../system/notifier.ts'
import type { Place } from '../window/popover.ts'
import type { MenuAction } from './tray-menu.ts'

interface ActingPorts {
  readonly handlers: Handlers
  /** Opens the window, at a place in it. */
  readonly open: (place?: Place) => void
  readonly log: { error(message: string, fields: Readonly<Record<string, unknown>>): void }
  /** Says in a native dialog what did not work: the menu has no place for it. */
  readonly tell: (failure: Failure) => void
  /** Asks in one; true where the person wants it. */
  readonly ask: (question: QuestionWords) => Promise<boolean>
  /** Says what came of it: the menu closes with the click. */
  readonly notifier: Pick<Notifier, 'outcome' | 'copied'>
  readonly now: () => number
  /** A menu has no focus, and a compositor takes a copy only from a window that has it. */
  readonly copiesInWindow: boolean
}

type Ended = Awaited<ReturnType<Handlers['endAll']>>

/**
 * What the lines of the native menu do: the same as the buttons of the page. What cannot be taken back
 * is asked for first, one question at a time, and what came of it is told.
 */
export function createMenuActions(ports: ActingPorts) {
  const { handlers, open, log, tell, notifier, now } = ports
  const ask = oneAtATime(ports.ask)

  /** Nothing is done, and nothing told, where the person would rather not. */
  const end = async (question: QuestionWords, act: () => Ended | Promise<Ended>, title: string) => {
    if (!(await ask(question))) return
    const { ended } = await act()
    notifier.outcome(title, toEndings(ended, now(), []))
  }

  const run = async (action: MenuAction): Promise<unknown> => {
    switch (action.do) {
      case 'open':
        return open()
      case 'settings':
        return open({ at: 'settings' })
      case 'login':
        return open({ at: 'login', account: action.account })
      case 'logout': {
        const { uid, account } = action
        const act = () => handlers.logout(uid)
        return await end(toLogOutQuestion(account), act, `Logged out: ${account}`)
      }
      case 'copy': {
        const { uid, account, form } = action
        if (ports.copiesInWindow) return open({ at: 'copy', account, form })
        return notifier.copied(account, form, await handlers.copy(uid, form), now())
      }
      case 'endLease': {
        const { lease: id } = action
        const snapshot = await handlers.snapshot()
        const lease = snapshot.leases.find((each) => each.id === id)
        // Then there is nothing to ask for, and it is refused in the words for that.
        if (!lease) return await handlers.endLease(id)
        const title = capital(tokenOf(lease.client, lease.account))
        const question = toEndQuestion(lease, snapshot, now())
        return await end(question, () => handlers.endLease(id), title)
      }
      case 'endAll': {
        const question = toEndAllQuestion(await handlers.snapshot())
        return await end(question, () => handlers.endAll(), 'Active tokens')
      }
      case 'lock':
        return await handlers.lock()
      case 'unlock':
        return await handlers.unlock()
      case 'startAtLogin':
        return await handlers.setPreferences({ startAtLogin: action.on })
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

/** While one question is open no other is asked: that is a no. */
function oneAtATime(ask: ActingPorts['ask']): ActingPorts['ask'] {
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
