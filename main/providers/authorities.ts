import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { TokentrayError } from '../base/errors.ts'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g
const LARGEST_BYTES = 1024 * 1024

/**
 * The certificates of a PEM file, and nothing else that stands in it. Throws `invalid_request` with
 * the path for one that is not absolute, cannot be read or holds no readable certificate.
 */
export async function readAuthorities(file: string): Promise<string> {
  if (!path.isAbsolute(file)) throw unusable(file, 'is not an absolute path')
  const certificates = (await read(file)).match(CERTIFICATE)
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
    hint: "Name a PEM file with the certificate of the authority that signed the service's own.",
  })
}
