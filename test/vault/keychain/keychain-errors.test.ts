import { describe, expect, it } from 'vitest'
import { toVaultError } from '../../../main/vault/keychain/keychain-errors.ts'

describe('keychain errors', () => {
  it.each([
    ['Failed to load keytar native addon, checked ["…"]', 'vault_unavailable', 'libsecret'],
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'vault_unavailable', 'dbus-run-session'],
    ['Could not connect: No such file or directory', 'vault_unavailable', 'dbus-run-session'],
    [
      'The name org.freedesktop.secrets was not provided by any .service files',
      'vault_unavailable',
      'gnome-keyring',
    ],
    ['Cannot create an item in a locked collection', 'vault_locked', 'Unlock'],
    ['Prompt was dismissed', 'vault_locked', 'Unlock'],
    [
      'Object does not exist at path “/org/freedesktop/secrets/collection/login”',
      'vault_locked',
      'unlock',
    ],
    ['The name :1.1 was not provided by any .service files', 'vault_unavailable', 'again'],
    ['Timeout was reached', 'vault_unavailable', 'restart'],
    ['The bus is not there.', 'vault_unavailable', 'dbus-run-session'],
    ['There is no address of a bus.', 'vault_unavailable', 'dbus-run-session'],
    ['The bus did not answer in time.', 'vault_unavailable', 'restart'],
    [
      'The bus refused: org.freedesktop.DBus.Error.ServiceUnknown',
      'vault_unavailable',
      'gnome-keyring',
    ],
    ['Something nobody has seen', 'vault_unavailable', 'gnome-keyring'],
  ])('%s becomes %s, with a next step', (text, code, hint) => {
    const cause = new Error(text)
    expect(toVaultError(cause)).toMatchObject({ code, hint: expect.stringContaining(hint), cause })
  })
})
