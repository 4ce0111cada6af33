import { contextBridge, ipcRenderer } from 'electron'
import {
  ACTIVITY_CHANNEL,
  BRIDGE_NAME,
  type Bridge,
  channels,
  SNAPSHOT_CHANNEL,
  toWireName,
} from './contract.ts'
import type { Failure, Result } from './failure.ts'
import type { Push } from './snapshot-change.ts'

/** The failure if main did not answer at all, for example because the program is quitting. */
const NO_ANSWER: Failure = {
  code: 'server_error',
  message: 'Tokentray did not answer.',
  hint: 'Try again, or quit Tokentray and start it again.',
}

async function call(channel: string, args: readonly unknown[]): Promise<unknown> {
  const result = await ipcRenderer.invoke(channel, ...args).then(
    (answer: Result<unknown>) => answer,
    (): Result<unknown> => ({ ok: false, error: NO_ANSWER }),
  )
  // A plain object: an Error keeps only its message when it crosses the bridge.
  return result.ok ? result.value : Promise.reject(result.error)
}

/** Security: the page never gets the event, whose `sender` could call main on any channel. */
function onSnapshot(listener: (push: Push) => void): () => void {
  const receive = (_event: unknown, push: Push) => listener(push)
  ipcRenderer.on(SNAPSHOT_CHANNEL, receive)
  return () => {
    ipcRenderer.removeListener(SNAPSHOT_CHANNEL, receive)
  }
}

function onActivity(listener: () => void): () => void {
  const receive = () => listener()
  ipcRenderer.on(ACTIVITY_CHANNEL, receive)
  return () => {
    ipcRenderer.removeListener(ACTIVITY_CHANNEL, receive)
  }
}

const calls = Object.fromEntries(
  channels.map((channel) => [
    channel,
    (...args: readonly unknown[]) => call(toWireName(channel), args),
  ]),
)

// One function per channel; the type of the contract ensures that the list is complete.
contextBridge.exposeInMainWorld(BRIDGE_NAME, {
  ...calls,
  onSnapshot,
  onActivity,
} as unknown as Bridge)
