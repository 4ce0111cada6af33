import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron'
import type { z } from 'zod'
import { type Calls, type Channel, channels, toWireName } from '../../../preload/contract.ts'
import type { Result } from '../../../preload/failure.ts'
import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import { sayTooLong } from '../../base/forms/form-fields.ts'
import type { Log } from '../../base/log.ts'
import { isOurPage } from '../renderer-files.ts'
import { toFailure } from './failure.ts'
import { type Arguments, argumentSchemas } from './ipc-schemas.ts'

/** The handler of each channel; called only with checked arguments. */
export type Handlers = {
  readonly [Name in Channel]: (
    ...args: Arguments<Name>
  ) => ReturnType<Calls[Name]> | Promise<ReturnType<Calls[Name]>>
}

interface IpcPorts {
  readonly ipcMain: Pick<IpcMain, 'handle'>
  readonly handlers: Handlers
  /** The web contents of our window, or `null` while there is none. */
  readonly page: () => Pick<WebContents, 'id'> | null
  readonly log: Log
}

type Sender = Pick<IpcMainInvokeEvent, 'sender' | 'senderFrame'>

/**
 * Answers the page on every channel with a `Result`. Any sender other than the top frame of our own
 * page is refused.
 */
export function serveCalls({ ipcMain, handlers, page, log }: IpcPorts): void {
  for (const channel of channels) {
    ipcMain.handle(toWireName(channel), async (event, ...args: unknown[]) => {
      if (!isTrusted(event, page())) {
        log.warn('a message from an unknown sender was refused', { channel })
        return refused(new TokentrayError('request_refused'))
      }
      return await answer(channel, args, handlers, log)
    })
  }
}

/** Removes the IPC channel that electron-store opens to every page and that we do not use. */
export function withoutChannel<Store>(
  ipcMain: Pick<IpcMain, 'removeAllListeners'>,
  store: Store,
): Store {
  ipcMain.removeAllListeners('electron-store-get-data')
  return store
}

/** Security: the frame may be gone (`null`), be a subframe, or show another page. */
function isTrusted({ sender, senderFrame }: Sender, page: Pick<WebContents, 'id'> | null): boolean {
  try {
    return (
      page !== null &&
      sender === page &&
      senderFrame !== null &&
      senderFrame.parent === null &&
      isOurPage(senderFrame.url)
    )
  } catch {
    // Throws if the frame goes away meanwhile.
    return false
  }
}

async function answer(
  channel: Channel,
  args: readonly unknown[],
  handlers: Handlers,
  log: Log,
): Promise<Result<unknown>> {
  try {
    return { ok: true, value: await run(channel, args, handlers) }
  } catch (error) {
    if (!isTokentrayError(error) || error.code === 'server_error') {
      log.error('a call of the page failed', { channel, error })
    }
    return refused(error)
  }
}

function run(channel: Channel, args: readonly unknown[], handlers: Handlers): unknown {
  // Only messages of our own schemas are for the user; zod's are replaced below.
  const parsed = argumentSchemas[channel].safeParse(args, { error: () => '' })
  if (!parsed.success) throw malformed(channel, parsed.error)
  const handler: (...args: never[]) => unknown = handlers[channel]
  // Parsed by the schema of this very channel.
  return handler(...(parsed.data as never[]))
}

/** Names the argument, never its value. */
function malformed(channel: Channel, { issues: [issue] }: z.ZodError): TokentrayError {
  return new TokentrayError('invalid_request', issue?.message || sentence(channel, issue))
}

function sentence(channel: Channel, issue: z.core.$ZodIssue | undefined): string {
  // The place in a list says nothing to the user.
  const names = issue?.path.slice(1).filter((part) => typeof part === 'string') ?? []
  const place = names.join('.') || channel
  switch (issue?.code) {
    case 'too_big':
      return issue.origin === 'string'
        ? sayTooLong(place, Number(issue.maximum))
        : `"${place}" must be at most ${issue.maximum}.`
    case 'too_small':
      return issue.origin === 'string'
        ? `"${place}" is missing.`
        : `"${place}" must be at least ${issue.minimum}.`
    default:
      return place === channel
        ? `"${channel}" cannot be called with these arguments.`
        : `"${place}" is not valid.`
  }
}

const refused = (error: unknown): Result<never> => ({ ok: false, error: toFailure(error) })
