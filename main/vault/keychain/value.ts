import { TokentrayError } from '../../base/errors.ts'

/** The limit of the Windows Credential Manager (CRED_MAX_CREDENTIAL_BLOB_SIZE). */
export const MAX_VALUE_BYTES = 2_560

/** Throws `invalid_request` for a value that one of the keychains would reject, truncate or alter. */
export function checkValue(value: string): void {
  const problem = problemOf(value)
  if (problem === null) return
  throw new TokentrayError(
    'invalid_request',
    `The keychain cannot keep a secret that ${problem}.`,
    {
      hint: 'Check that the whole secret was entered, and nothing else.',
    },
  )
}

function problemOf(value: string): string | null {
  if (value === '') return 'is empty'
  // keytar passes the value as a C string, which would be truncated here.
  if (value.includes('\0')) return 'contains a NUL character'
  const bytes = Buffer.from(value)
  if (bytes.length > MAX_VALUE_BYTES) {
    return `is longer than ${MAX_VALUE_BYTES} bytes (it has ${bytes.length})`
  }
  return bytes.toString() === value ? null : 'is not well-formed Unicode'
}
