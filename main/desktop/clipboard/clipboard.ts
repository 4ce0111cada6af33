import type { Clipboard, ClipboardItem } from 'electron'
import { Secret } from '../../base/secret.ts'

/** Where a copied text can be: the clipboard, and on Linux the primary selection. */
export type Place = 'clipboard' | 'primary'

/** The system clipboard, as needed to copy a secret. */
export interface ClipboardPort {
  /** Where a copied text may be; the first one is where it is meant to be. */
  readonly places: readonly Place[]
  /**
   * Copies the text, with hints that ask clipboard histories to ignore it. On Linux Chromium also puts
   * it into the primary selection, without the hints (its `clipboard_ozone.cc`).
   */
  write(text: Secret): Promise<void>
  /**
   * False while the desktop would drop a copy: a Wayland compositor accepts it only from the focused
   * window, and does not report that it did not.
   */
  takesText(): boolean
  /** The current text; `null` if there is none. */
  read(place: Place): Promise<Secret | null>
  /**
   * False if even reading the formats may make the system prompt the user: then the clipboard is read
   * only to clear it. On macOS Electron reads more than formats (`EnumerateAvailableTypes`).
   */
  readonly canBeLookedAt: boolean
  /**
   * False if another program has certainly copied something since, known without reading the content:
   * macOS prompts the user when a program reads what another one has copied.
   */
  mayBeOurs(): Promise<boolean>
  /** Empties it; what another program has copied since may stay. */
  clear(place: Place): Promise<void>
  /** Empties it, even if another program owns its content, such as a clipboard manager that offers our text again. */
  takeOver(place: Place): Promise<void>
}

/** The members of Electron that are used; the real ones are its `clipboard` and `ClipboardItem`. */
export interface ElectronClipboard {
  readonly clipboard: Pick<Clipboard, 'write' | 'readText' | 'has' | 'clear'> & {
    /** Undefined except on Linux, whatever the types say. */
    readonly selection?: Pick<Clipboard, 'write' | 'readText' | 'clear'> | undefined
  }
  readonly ClipboardItem: new (items: Record<string, string | Blob>) => ClipboardItem
}

type Hints = Readonly<Record<string, string | Blob>>

/** Electron's own name for a format that only one system has (its `clipboard` documentation). */
const native = (format: string): string => `electron application/osclipboard;format="${format}"`

/**
 * The hints that each system's clipboard histories respect. Windows documents three in "Cloud Clipboard
 * and Clipboard History Formats"; macOS follows nspasteboard.org; the Linux one comes from Klipper. Even
 * if only its presence counts, a hint has a value: an empty format might not be offered.
 */
function hintsOf(platform: NodeJS.Platform): Hints {
  if (platform === 'win32') {
    const no = new Blob([new Uint8Array(4)])
    return {
      [native('ExcludeClipboardContentFromMonitorProcessing')]: '1',
      [native('CanIncludeInClipboardHistory')]: no,
      [native('CanUploadToCloudClipboard')]: no,
      [native('Clipboard Viewer Ignore')]: '1',
    }
  }
  if (platform === 'darwin') {
    return {
      [native('org.nspasteboard.ConcealedType')]: '1',
      [native('org.nspasteboard.TransientType')]: '1',
    }
  }
  return { [native('x-kde-passwordManagerHint')]: 'secret' }
}

/**
 * The clipboard, implemented with Electron's. Only the hints of the current system are offered.
 * `takesText` is that of the port, by default always true.
 */
export function createClipboard(
  { clipboard, ClipboardItem }: ElectronClipboard,
  platform: NodeJS.Platform = process.platform,
  takesText: () => boolean = () => true,
): ClipboardPort {
  const hints = hintsOf(platform)
  const [telltale = ''] = Object.keys(hints)
  const { selection } = clipboard
  const at = (place: Place) => (place === 'primary' ? selection : clipboard)
  return {
    places: selection ? ['clipboard', 'primary'] : ['clipboard'],
    canBeLookedAt: platform !== 'darwin',
    // Security: an item is written atomically, so no history sees the text without its hint.
    write: (text) =>
      clipboard.write([new ClipboardItem({ 'text/plain': text.reveal(), ...hints })]),
    takesText,
    async read(place) {
      const text = await at(place)?.readText()
      return text ? new Secret(text) : null
    },
    // Other systems do not prompt, and a clipboard manager may re-offer our text without the hint.
    mayBeOurs: async () => platform !== 'darwin' || (await clipboard.has(telltale)),
    async clear(place) {
      at(place)?.clear()
    },
    // On X11 Chromium clears only its own selection, not one that another program owns.
    async takeOver(place) {
      // The write would be dropped, and reading back our own cache would look like success.
      if (!takesText()) return
      await at(place)?.write([new ClipboardItem({ 'text/plain': ' ', ...hints })])
      at(place)?.clear()
    },
  }
}

/** Copies a text that is no secret: histories may keep it, and it is not cleared. */
export const copyOpenly = (
  { clipboard, ClipboardItem }: ElectronClipboard,
  text: string,
): Promise<void> => clipboard.write([new ClipboardItem({ 'text/plain': text })])
