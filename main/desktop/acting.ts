import type { Failure } from '../../preload/contract.ts'
import { toFailure } from './failure.ts'
import type { Handlers } from './ipc.ts'
import type { Popover } from './popover.ts'
import type { MenuAction } from './tray-menu.ts'

interface ActingPorts {
  readonly handlers: Handlers
  readonly popover: Pick<Popover, 'open'>
  readonly log: { error(message: string, fields: Readonly<Record<string, unknown>>): void }
  /** Says in a native dialog what did not work: the menu has no place for it. */
  readonly tell: (failure: Failure) => void
}

/** What the lines of the native menu do: the same as the buttons of the page. */
export function createActing({ handlers, popover, log, tell }: ActingPorts) {
  const run = async (action: MenuAction): Promise<unknown> => {
    switch (action.do) {
      case 'open':
        return popover.open()
      case 'settings':
        return popover.open({ at: 'settings' })
      case 'login':
        return popover.open({ at: 'login', account: action.account })
      case 'logout':
        return await handlers.logout(action.account)
      case 'copy':
        return await handlers.copy(action.account, action.form)
      case 'endLease':
        return await handlers.endLease(action.lease)
      case 'endAll':
        return await handlers.endAll()
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
      const failure = toFailure(error)
      if (failure.code === 'cancelled') return
      if (failure.code === 'server_error') log.error('a click in the menu failed', { error })
      tell(failure)
    })
  }
}
