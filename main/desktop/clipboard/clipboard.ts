import type { Clipboard, ClipboardItem } from 'electron'
import { Secret } from '../../base/secret.ts'

/** What can hold a copied text: the clipboard, and on Linux what the middle button pastes. */
export type Place = 'clipboard' | 'primary'

/** The system's clipboard, as far as copying a secret needs it. */
export interface ClipboardPort {
  /** Where a text may have got to; the first is where it is to be. */
  readonly places: readonly Place[]
  /**
   * Puts the text into the clipboard, together with what asks histories to leave it out. On Linux
   * Chromium puts it into the primary selection as well, without that (its `clipboard_ozone.cc`).
   */
  write(text: Secret): Promise<void>
  /**
   * False while the desktop would drop what is written: a Wayland compositor takes it only from the window
   * that has the focus, and says to nobody that it did not.
   */
  takesText(): boolean
  /** The text that is there; `null` where there is none. */
  read(place: Place): Promise<Secret | null>
  /**
   * False where even a look at the formats may make the system ask the person: then it is looked at only
   * when there is something to clear. Electron reads more than formats there (`EnumerateAvailableTypes`).
   */
  readonly canBeLookedAt: boolean
  /**
   * False where it can be told without a look at the content that somebody else has copied since:
   * macOS asks the person when a program reads what another one has put there.
   */
  mayBeOurs(): Promise<boolean>
  /** Empties it; what another program has put there since may stay. */
  clear(place: Place): Promise<void>
  /** Empties it whoever has put there what it holds, as a clipboard manager that offers our text on. */
  takeOver(place: Place): Promise<void>
}

/** The members of Electron that are used; the real ones are its `clipboard` and `ClipboardItem`. */
export interface ElectronClipboard {
  readonly clipboard: Pick<Clipboard, 'write' | 'readText' | 'has' | 'clear'> & {
    /** Undefined but on Linux, whatever the types say. */
    readonly selection?: Pick<Clipboard, 'write' | 'readText' | 'clear'> | undefined
  }
  readonly ClipboardItem: new (items: Record<string, string | Blob>) => ClipboardItem
}

type Hints = Readonly<Record<string, string | Blob>>

/** Electron's own name for a format that only one system has (its `clipboard` documentation). */
const native = (format: string): string => `electron application/osclipboard;format="${format}"`

/**
 * What each system's clipboard histories heed. Windows documents its three in "Cloud Clipboard and
 * Clipboard History Formats"; macOS goes by nspasteboard.org; Klipper introduced the one on Linux.
 * Where only its presence counts a hint is not empty all the same: an empty one might not be offered.
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
 * The clipboard over Electron's. Only the names of the system that it runs on are offered: what the
 * others make of foreign names is their affair. `takesText` as in the port; where it is left out every
 * text is taken.
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
    // Security: one item is committed as a whole, so no history can see the text without its hint.
    write: (text) =>
      clipboard.write([new ClipboardItem({ 'text/plain': text.reveal(), ...hints })]),
    takesText,
    async read(place) {
      const text = await at(place)?.readText()
      return text ? new Secret(text) : null
    },
    // Elsewhere reading asks nobody, and a clipboard manager may offer our text on without its hint.
    mayBeOurs: async () => platform !== 'darwin' || (await clipboard.has(telltale)),
    async clear(place) {
      at(place)?.clear()
    },
    // To an X server Chromium clears what it had itself, and leaves alone who has it since.
    async takeOver(place) {
      // Else it would be dropped, and read as done from our own memory.
      if (!takesText()) return
      await at(place)?.write([new ClipboardItem({ 'text/plain': ' ', ...hints })])
      at(place)?.clear()
    },
  }
}
