import type { NotificationConstructorOptions } from 'electron'
import type { CopyForm, PreferencesView } from '../../../preload/snapshot.ts'
import { COPIES } from '../../../renderer/text/accounts.ts'
import { when } from '../../../renderer/text/times.ts'
import type { Log } from '../../base/log.ts'
import { timeOfDay } from '../../base/text/time-of-day.ts'
import type { CopiedToken } from '../clipboard/copy-token.ts'

/** The text of a notification, never a secret, and the action of a click on it. */
export interface Note {
  readonly title: string
  readonly body: string
  readonly click: () => void
}

/** A requested notification. */
interface Shown {
  readonly takeBack: () => void
  /** Whether the system shows it; may never settle. */
  readonly isShown: Promise<boolean>
}

type Words = Omit<Note, 'click'>

/** Shows a notification. */
export type Show = (note: Note) => Shown

interface NotifierPorts {
  readonly show: Show
  readonly openPopover: () => void
  /** The system did not show a notification whose text is shown nowhere else. */
  readonly unshown: (words: Words) => void
  /** True while the window is visible and focused: then it shows the same by itself. */
  readonly isWatched?: () => boolean
  /** The user's choices. What is shown nowhere else is shown in any case. */
  readonly wants?: () => Wanted
}

type Wanted = Pick<PreferencesView, 'notifyCopied' | 'notifyLoginRequired' | 'notifyServiceLimits'>

const SAVED_NO_LONGER_WORKS = 'The saved password no longer works.'

/** Notifies the user of what needs them, once each until it is done. */
export class Notifier {
  readonly #ports: NotifierPorts
  /** By account: removes the notification about it. */
  readonly #said = new Map<string, () => void>()
  #takeBackCopied: () => void = () => undefined
  #hasSaidStillRunning = false

  constructor(ports: NotifierPorts) {
    this.#ports = ports
  }

  /** The account needs a login. */
  loginRequired(account: string, reason: { readonly sentence: string } | null): void {
    if (this.#said.has(account) || !this.#wants('notifyLoginRequired')) return
    // The icon and the list of accounts show it as well.
    const takeBack = this.#say({
      title: `Log in to ${account} again`,
      body: `${reason?.sentence ?? SAVED_NO_LONGER_WORKS} Tools get no tokens for it until you log in.`,
    })
    this.#said.set(account, takeBack)
  }

  /** A service asked for no requests; to be called once each time. */
  hostSilent(message: string): void {
    if (!this.#wants('notifyServiceLimits')) return
    // The icon and the account show it as well.
    this.#say({
      title: message,
      body: 'Tokentray sends no requests there until then, because each one may make the wait longer.',
    })
  }

  /** A copied text is still in the clipboard; to be called once for each text. */
  clearingFailed(): void {
    const words = {
      title: 'The clipboard was not cleared',
      body: 'It still holds what you copied. Copy something else to replace it.',
    }
    // Also while the window is in front, which only shows the countdown.
    this.#show(words)
  }

  /** The result of a menu action; the window does not show it, even if it is open. */
  outcome(title: string, lines: readonly string[]): void {
    this.#show({ title, body: lines.join('\n') })
  }

  /** A token was copied from the menu: until when it is valid, and when the clipboard is cleared. */
  copied(account: string, form: CopyForm, { endsAt, clearsAt }: CopiedToken, now: number): void {
    this.cleared()
    if (!this.#wants('notifyCopied')) return
    // The window and the icon show it as well.
    this.#takeBackCopied = this.#ask({
      title: `${COPIES[form]} of ${account} copied`,
      body: `Valid until ${timeOfDay(endsAt, now)}. The clipboard is cleared ${when(clearsAt, now)}, or as soon as the token is no longer valid.`,
    })
  }

  /** The window was closed on a desktop that does not show the icon; shown once. */
  stillRunning(): void {
    if (this.#hasSaidStillRunning) return
    this.#hasSaidStillRunning = true
    this.#show({
      title: 'Tokentray is still running',
      body: 'This desktop does not show tray icons. Start Tokentray again to open its window.',
    })
  }

  /** The clipboard no longer holds a copied text. */
  cleared(): void {
    this.#takeBackCopied()
    this.#takeBackCopied = () => undefined
  }

  /** The account no longer needs the user: its notification is removed. */
  resolved(account: string): void {
    const takeBack = this.#said.get(account)
    this.#said.delete(account)
    takeBack?.()
  }

  #wants(kind: keyof Wanted): boolean {
    return this.#ports.wants?.()[kind] ?? true
  }

  /** For what the window shows as well: not while it is in front. */
  #say(words: Words): () => void {
    return this.#ports.isWatched?.() ? () => undefined : this.#ask(words)
  }

  /** For what is shown nowhere else. */
  #show(words: Words): void {
    this.#ask(words, () => this.#ports.unshown(words))
  }

  #ask(words: Words, unshown: () => void = () => undefined): () => void {
    const { show, openPopover } = this.#ports
    const { takeBack, isShown } = show({ ...words, click: openPopover })
    void isShown.then((is) => {
      if (!is) unshown()
    })
    return takeBack
  }
}

/** The members of Electron's `Notification` class that we use. */
export interface NotificationClass {
  new (
    options: NotificationConstructorOptions,
  ): {
    on(event: 'show' | 'click' | 'close' | 'failed', listener: () => void): unknown
    show(): void
    close(): void
  }
  isSupported(): boolean
}

/** Native notifications through Electron; those that are not shown are logged. */
export function createShow(Native: NotificationClass, log: Log): Show {
  // A garbage-collected notification loses its click handler.
  const kept = new Set<unknown>()
  return ({ title, body, click }) => {
    if (!Native.isSupported()) {
      log.warn(title)
      return { takeBack: () => undefined, isShown: Promise.resolve(false) }
    }
    const native = new Native({ title, body })
    kept.add(native)
    native.on('click', () => {
      kept.delete(native)
      click()
    })
    native.on('close', () => kept.delete(native))
    const isShown = new Promise<boolean>((resolve) => {
      native.on('show', () => resolve(true))
      // macOS rejects all notifications of an unsigned program.
      native.on('failed', () => {
        kept.delete(native)
        log.warn(title)
        resolve(false)
      })
    })
    native.show()
    const takeBack = () => {
      kept.delete(native)
      native.close()
    }
    return { takeBack, isShown }
  }
}
