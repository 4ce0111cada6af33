import { fsyncSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { TokentrayError } from '../../../base/errors.ts'
import type { Secret } from '../../../base/secret.ts'

/** A file that this process has made, and nobody else can read. */
export interface CurlConfig {
  /** Writes what `curl -K` needs to act as the client; false if it is not on the disk whole. */
  write(id: string, secret: Secret): boolean
  /** Removes the file. */
  discard(): void
}

/**
 * Makes the file, 0600, empty for now, and folders that are missing on the way, 0700; these stay. Throws
 * `already_exists` rather than writing to one that is there, and `invalid_request` where none can be made.
 */
export function createCurlConfig(file: string): CurlConfig {
  const descriptor = open(file)
  return {
    write(id, secret) {
      try {
        // With http_proxy set, curl sends even loopback requests, secret included, to the proxy.
        const text = `user = ${quoteForCurl(`${id}:${secret.reveal()}`)}\nnoproxy = "*"\n`
        writeFileSync(descriptor, text)
        fsyncSync(descriptor)
        return true
      } catch {
        // A full disk, most likely; the caller takes back what it did and says so.
        return false
      }
    },
    discard: () => rmSync(file, { force: true }),
  }
}

function open(file: string): number {
  try {
    // On a new machine not even ~/.config is there.
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  } catch (error) {
    throw cannotBeMade(file, error)
  }
  try {
    // Security: exclusive creation follows no link and takes over no file that others may read.
    return openSync(file, 'wx', 0o600)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code !== 'EEXIST') throw cannotBeMade(file, error)
    throw new TokentrayError('already_exists', `There is a file already: ${file}`, {
      cause: error,
      hint: `If no tool uses it any more, delete it and try again: rm -- ${quoteForShell(file)}; else choose another file.`,
    })
  }
}

function cannotBeMade(file: string, cause: unknown): TokentrayError {
  return new TokentrayError('invalid_request', `The file cannot be made: ${file}`, {
    cause,
    hint: 'Choose a folder that you may write to.',
  })
}

function quoteForCurl(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** The text as one word of a POSIX shell. */
export function quoteForShell(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
