import type { NotificationConstructorOptions } from 'electron'
import type { CopyForm } from '../../../preload/snapshot.ts'
import { COPIES } from '../../../renderer/text/accounts.ts'
import { when } from '../../../renderer/text/times.ts'
import type { Log } from '../../base/log.ts'
import { timeOfDay } from '../../base/text/time-of-day.ts'
import type { CopiedToken } from '../clipboard/copy-token.ts'

/** What a notification says, and what a click on it does. Never a secret. */
export interface Note {
  readonly title: string
  readonly body: string
  readonly click: () => void
}

/** A notification that was asked for. */
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
  /** The system did not show what nothing else says. */
  readonly unshown: (words: Words) => void
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
    // The icon and the list of accounts say it as well.
    const takeBack = this.#say({
      title: `Log in to ${account} again`,
      body: `${reason?.sentence ?? SAVED_NO_LONGER_WORKS} Until you log in, tools get no tokens of it.`,
    })
    this.#said.set(account, takeBack)
  }

  /** A service wants to be left alone; to be called once for each time. */
  hostSilent(message: string): void {
    // The icon and the account say it as well.
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
    // The window and the icon say it as well.
    this.#takeBackCopied = this.#ask({
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

  /** What the window says as well: not while that is looked at. */
  #say(words: Words): () => void {
    return this.#ports.isWatched?.() ? () => undefined : this.#ask(words)
  }

  /** What nothing else says. */
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

/** The members of Electron's `Notification` class that are used. */
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

/** Notifications of the system over Electron's class; what it does not show is a line in the log. */
export function createShow(Native: NotificationClass, log: Log): Show {
  // Electron forgets a click on one that was garbage collected.
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
      // As macOS does with all those of a program that is not signed.
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
