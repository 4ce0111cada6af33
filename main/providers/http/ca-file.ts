import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { withDeadline } from '../../base/async/deadline.ts'
import { type Clock, systemClock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g
/** The field of a form that names the file. */
const FIELD = 'caFile'
const LARGEST_BYTES = 1024 * 1024

/** Longer than any disk takes that works; a call may have to wait for it each time. */
const DEADLINE_MS = 5_000
/** Each file that hangs holds one of Node's four threads, which the record and the settings need too. */
const MOST_READINGS = 2

/** What is being read; who comes meanwhile waits for the same. */
const readings = new Map<string, Promise<string>>()

/**
 * The certificates of a PEM file, and nothing else that stands in it; read anew each time. Throws
 * `invalid_request` with the path for one that is not absolute, cannot be read or holds no readable
 * certificate, and `temporarily_unavailable` where its disk does not answer within 5 s.
 */
export async function readCaFile(file: string, clock: Clock = systemClock): Promise<string> {
  if (!path.isAbsolute(file)) throw unusable(file, 'is not an absolute path')
  const late = () =>
    new TokentrayError(
      'temporarily_unavailable',
      `The CA file ${file} could not be read in time.`,
      {
        field: FIELD,
        hint: 'Its disk does not answer. Bring the disk back, or name a CA file on another one.',
      },
    )
  const text = await withDeadline(shared(file), { clock, ms: DEADLINE_MS, late })
  const certificates = text.match(CERTIFICATE)
  if (!certificates) throw unusable(file, 'holds no PEM certificate')
  for (const certificate of certificates) {
    try {
      new X509Certificate(certificate)
    } catch (cause) {
      throw unusable(file, 'holds a certificate that cannot be read', cause)
    }
  }
  return certificates.join('\n')
}

/** Who finds the places taken waits for one, as long as its own deadline allows. */
async function shared(file: string): Promise<string> {
  while (!readings.has(file) && readings.size >= MOST_READINGS) {
    await Promise.race([...readings.values()].map((reading) => reading.catch(() => '')))
  }
  const reading = readings.get(file) ?? read(file).finally(() => readings.delete(file))
  readings.set(file, reading)
  return await reading
}

async function read(file: string): Promise<string> {
  const unreadable = (cause: unknown) => unusable(file, 'cannot be read', cause)
  const found = await stat(file).catch((cause: unknown) => Promise.reject(unreadable(cause)))
  // A device or a pipe could be read for ever.
  if (!found.isFile()) throw unusable(file, 'is not a file')
  if (found.size > LARGEST_BYTES) throw unusable(file, 'is too large for a file of certificates')
  return readFile(file, 'latin1').catch((cause: unknown) => Promise.reject(unreadable(cause)))
}

function unusable(file: string, what: string, cause?: unknown): TokentrayError {
  return new TokentrayError('invalid_request', `The CA file ${file} ${what}.`, {
    cause,
    field: FIELD,
    hint: "Name a PEM file with the certificate of the authority that signed the service's own.",
  })
}
