import { type ErrorCode, TokentrayError } from '../../base/errors.ts'
import { OR_IN_MEMORY } from '../../base/memory-command.ts'

interface Meaning {
  readonly pattern: RegExp
  readonly code: Extract<ErrorCode, 'vault_locked' | 'vault_unavailable'>
  readonly message: string
  readonly hint: string
}

/** Messages of libsecret, GDBus and the macOS keychain, and what the user can do about each. */
const meanings: readonly Meaning[] = [
  {
    pattern: /load keytar native addon|Cannot find (module|package)|ERR_DLOPEN_FAILED|libsecret/i,
    code: 'vault_unavailable',
    message: 'The keychain library cannot be loaded.',
    hint: `Install libsecret (Debian, Ubuntu: apt install libsecret-1-0; Fedora: dnf install libsecret), ${OR_IN_MEMORY}`,
  },
  {
    pattern:
      /autolaunch D-Bus|Could not connect|Connection refused|connection is closed|bus is not there|no address of a bus/i,
    code: 'vault_unavailable',
    message: 'There is no D-Bus session, so the keychain cannot be reached.',
    hint: `Run Tokentray in a desktop session, or inside "dbus-run-session", ${OR_IN_MEMORY}`,
  },
  {
    // libsecret stays bound to the service it first connected to, by its unique bus name.
    pattern: /The name :\d+\.\d+ was not provided/,
    code: 'vault_unavailable',
    message: 'The Secret Service was restarted.',
    hint: 'Try again.',
  },
  {
    pattern: /not provided by any \.service files|ServiceUnknown/i,
    code: 'vault_unavailable',
    message: 'No Secret Service is running.',
    hint: `Install one (apt install gnome-keyring, or KWallet or KeePassXC with its Secret Service), ${OR_IN_MEMORY}`,
  },
  {
    pattern:
      /locked collection|is locked|prompt was dismissed|dismissed|interaction is not allowed/i,
    code: 'vault_locked',
    message: 'The keychain is locked.',
    hint: 'Unlock the keychain, for example by logging in to the desktop, and try again.',
  },
  {
    pattern: /Object does not exist at path|No such secret collection/i,
    code: 'vault_locked',
    message: 'There is no keyring yet, or it is locked.',
    hint: 'Create or unlock it, for example with "gnome-keyring-daemon --replace --unlock" (the password on standard input).',
  },
  {
    pattern: /Timeout was reached|did not answer in time/i,
    code: 'vault_unavailable',
    message: 'The keychain does not answer.',
    hint: 'Answer its prompt if it shows one, or restart it, and try again.',
  },
]

/** Converts an error of keytar to `vault_locked` or `vault_unavailable` with a hint. */
export function toVaultError(error: unknown): TokentrayError {
  const text = error instanceof Error ? error.message : String(error)
  const meaning = meanings.find(({ pattern }) => pattern.test(text))
  return meaning
    ? new TokentrayError(meaning.code, meaning.message, { cause: error, hint: meaning.hint })
    : new TokentrayError('vault_unavailable', undefined, { cause: error })
}
