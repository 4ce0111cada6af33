import type { NotificationConstructorOptions } from 'electron'
import type { CopyForm } from '../../preload/contract.ts'
import { COPIES } from '../../renderer/text/accounts.ts'
import { when } from '../../renderer/text/times.ts'
import type { Log } from '../base/log.ts'
import { timeOfDay } from '../base/time-of-day.ts'
import type { CopiedToken } from './handing-out.ts'

/** What a notification says, and what a click on it does. Never a secret. */
export interface Note {
  readonly title: string
  readonly body: string
  readonly click: () => void
}

/** Shows a notification; returns what takes it back, or `null` where none can be shown. */
export type Show = (note: Note) => (() => void) | null

interface NotifierPorts {
  readonly show: Show
  readonly openPopover: () => void
  readonly log: Log
  /** True while the popover is visible and has the focus: then it says the same by itself. */
  readonly isWatched?: () => boolean
}

const SAVED_NO_LONGER_WORKS = 'The saved password no longer works.'

/** Tells the person what only they can do, once each until it is done. */
export class Notifier {
  readonly #ports: NotifierPorts
  /** By account: what takes back what was said of it. */
  readonly #said = new Map<string, () => void>()
  #takeBackCopied: () => void = () => undefined
  #hasSaidGoesOn = false

  constructor(ports: NotifierPorts) {
    this.#ports = ports
  }

  /** The account has to be logged in again. */
  loginRequired(account: string, reason: { readonly sentence: string } | null): void {
    if (this.#said.has(account)) return
    const takeBack = this.#say({
      title: `Log in to ${account} again`,
      body: `${reason?.sentence ?? SAVED_NO_LONGER_WORKS} Until you log in, tools get no tokens of it.`,
    })
    this.#said.set(account, takeBack)
  }

  /** A service wants to be left alone; to be called once for each time. */
  hostSilent(message: string): void {
    this.#say({
      title: message,
      body: 'Tokentray sends nothing there until then, because each try may make it longer.',
    })
  }

  /** A copied text is still in the clipboard; to be called once for each. */
  clearingFailed(): void {
    const words = {
      title: 'The clipboard was not cleared',
      body: 'What was copied is still in it. Copy something else to replace it.',
    }
    // Also while the popover is looked at, which only counts the seconds.
    this.#show(words)
  }

  /** What a click in the menu came to: where the page is open as well, it does not say it. */
  outcome(title: string, lines: readonly string[]): void {
    this.#show({ title, body: lines.join('\n') })
  }

  /** A token was copied by the menu: until when it is good, and when it will be cleared. */
  copied(account: string, form: CopyForm, { endsAt, clearsAt }: CopiedToken, now: number): void {
    this.#takeBackCopied()
    this.#takeBackCopied = this.#show({
      title: `Copied: ${COPIES[form].toLowerCase()} of ${account}`,
      body: `Valid until ${timeOfDay(endsAt, now)}. The clipboard is cleared ${when(clearsAt, now)}, or when the token ends.`,
    })
  }

  /** Its window was closed where nobody shows an icon; said once. */
  goesOn(): void {
    if (this.#hasSaidGoesOn) return
    this.#hasSaidGoesOn = true
    this.#show({
      title: 'Tokentray goes on running',
      body: 'This desktop shows no tray icons. Start Tokentray again to open its window.',
    })
  }

  /** Nothing of ours is in the clipboard any more. */
  cleared(): void {
    this.#takeBackCopied()
    this.#takeBackCopied = () => undefined
  }

  /** What there was to do for this account is done; what was said of it is taken back. */
  resolved(account: string): void {
    const takeBack = this.#said.get(account)
    this.#said.delete(account)
    takeBack?.()
  }

  #say(words: Omit<Note, 'click'>): () => void {
    return this.#ports.isWatched?.() ? () => undefined : this.#show(words)
  }

  #show(words: Omit<Note, 'click'>): () => void {
    const { show, openPopover, log } = this.#ports
    const takeBack = show({ ...words, click: openPopover })
    if (!takeBack) log.warn(words.title)
    return takeBack ?? (() => undefined)
  }
}

/** The members of Electron's `Notification` class that are used. */
export interface NotificationClass {
  new (
    options: NotificationConstructorOptions,
  ): {
    on(event: 'click' | 'close' | 'failed', listener: () => void): unknown
    show(): void
    close(): void
  }
  isSupported(): boolean
}

/** Notifications of the system over Electron's class. */
export function createShow(Native: NotificationClass, log: Log): Show {
  // Electron forgets a click on one that was garbage collected.
  const shown = new Set<unknown>()
  return ({ title, body, click }) => {
    if (!Native.isSupported()) return null
    const native = new Native({ title, body })
    shown.add(native)
    native.on('click', () => {
      shown.delete(native)
      click()
    })
    native.on('close', () => shown.delete(native))
    native.on('failed', () => {
      shown.delete(native)
      log.warn(title)
    })
    native.show()
    return () => {
      shown.delete(native)
      native.close()
    }
  }
}
