import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { withDeadline } from '../../base/async/deadline.ts'
import { type Clock, systemClock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g
/** The form field for the file. */
const FIELD = 'caFile'
const LARGEST_BYTES = 1024 * 1024

/** Longer than any working disk takes; each call may have to wait for it. */
const DEADLINE_MS = 5_000
/** Each read that hangs blocks one of Node's four threads, which the record and the settings need too. */
const MOST_READINGS = 2

/** Reads in progress, shared by callers that ask for the same file. */
const readings = new Map<string, Promise<string>>()

/**
 * The certificates in a PEM file, without anything else in it; read on each call. Rejects with
 * `invalid_request` for a path that is not absolute, or a file that cannot be read or contains no readable
 * certificate, and with `temporarily_unavailable` if the disk does not respond within 5 s.
 */
export async function readCaFile(file: string, clock: Clock = systemClock): Promise<string> {
  if (!path.isAbsolute(file)) throw caFileError(file, 'is not an absolute path')
  const late = () =>
    new TokentrayError(
      'temporarily_unavailable',
      `The CA file ${file} could not be read in time.`,
      {
        field: FIELD,
        hint: 'Its disk is not responding. Reconnect it, or choose a CA file on another disk.',
      },
    )
  const text = await withDeadline(shared(file), { clock, ms: DEADLINE_MS, late })
  const certificates = text.match(CERTIFICATE)
  if (!certificates) throw caFileError(file, 'contains no PEM certificate')
  for (const certificate of certificates) {
    try {
      new X509Certificate(certificate)
    } catch (cause) {
      throw caFileError(file, 'contains a certificate that cannot be read', cause)
    }
  }
  return certificates.join('\n')
}

/** Waits for a free slot, within the caller's deadline. */
async function shared(file: string): Promise<string> {
  while (!readings.has(file) && readings.size >= MOST_READINGS) {
    await Promise.race([...readings.values()].map((reading) => reading.catch(() => '')))
  }
  const reading = readings.get(file) ?? read(file).finally(() => readings.delete(file))
  readings.set(file, reading)
  return await reading
}

async function read(file: string): Promise<string> {
  const unreadable = (cause: unknown) => caFileError(file, 'cannot be read', cause)
  const found = await stat(file).catch((cause: unknown) => Promise.reject(unreadable(cause)))
  // Reading a device or a pipe could take forever.
  if (!found.isFile()) throw caFileError(file, 'is not a file')
  if (found.size > LARGEST_BYTES) throw caFileError(file, 'is too large')
  return readFile(file, 'latin1').catch((cause: unknown) => Promise.reject(unreadable(cause)))
}

function caFileError(file: string, what: string, cause?: unknown): TokentrayError {
  return new TokentrayError('invalid_request', `The CA file ${file} ${what}.`, {
    cause,
    field: FIELD,
    hint: "Choose a PEM file with the certificate of the authority that issued the service's certificate.",
  })
}
