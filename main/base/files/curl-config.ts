import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { TokentrayError } from '../errors.ts'
import type { Secret } from '../secret.ts'

/** A file created by this process, readable by this user alone. */
export interface CurlConfig {
  /** Writes the ID and the secret for `curl -K`; false if they are not completely on the disk. */
  write(id: string, secret: Secret): boolean
  /** Removes the file. */
  discard(): void
}

/** Longer than what is written: a path of a socket has at most 107 bytes. */
const RESERVED = Buffer.alloc(1_024, '\n')

/**
 * Creates a blank file, 0600, and missing folders, 0700, which `discard` keeps. Throws `already_exists` if the
 * file exists, and `invalid_request` if it cannot be created or the disk has no space for it: better now than
 * when a secret was made for it, and another one given up.
 */
export function createCurlConfig(file: string, socket: string | null): CurlConfig {
  return curlConfigAt(file, socket, () => undefined)
}

/** The same, but `write` replaces an existing file at once, and until then that one stays as it is. */
export function replaceCurlConfig(file: string, socket: string | null): CurlConfig {
  if (isFolder(file)) throw notCreated(file, 'It is a folder. Choose a file in it.')
  const beside = `${file}.${randomBytes(6).toString('hex')}`
  return curlConfigAt(beside, socket, () => renameSync(beside, file))
}

/** The line for a POSIX shell that gets a token of the first of these accounts with that file. */
export function curlLineWith(file: string, accounts: readonly string[], issuer: string): string {
  // A tool with a single account need not name it.
  const audience = accounts.length > 1 ? `-d audience=${accounts[0]} ` : ''
  return (
    `curl --noproxy '*' -sS -K ${quoteForShell(file)} -d grant_type=client_credentials ` +
    `${audience}${issuer}/oauth/token`
  )
}

function curlConfigAt(file: string, socket: string | null, written: () => void): CurlConfig {
  const descriptor = open(file)
  return {
    write(id, secret) {
      try {
        const text = toText(`${id}:${secret.reveal()}`, socket)
        try {
          ftruncateSync(descriptor, writeSync(descriptor, text, 0))
          fsyncSync(descriptor)
        } finally {
          // The tray app stays: an open file would keep its space on the disk even once it is removed.
          closeSync(descriptor)
        }
        written()
        return true
      } catch {
        // Usually a full disk; the caller rolls back and reports it.
        return false
      }
    },
    discard: () => rmSync(file, { force: true }),
  }
}

function toText(user: string, socket: string | null): string {
  const lines = [
    `user = ${quoteForCurl(user)}`,
    // With http_proxy set, curl sends even loopback requests, secret included, to the proxy.
    'noproxy = "*"',
    // The address of the line then only says which server is meant: an old port in it does no harm.
    ...(socket === null ? [] : [`unix-socket = ${quoteForCurl(socket)}`]),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function open(file: string): number {
  try {
    // A new machine may not even have ~/.config.
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  } catch (error) {
    throw notCreated(file, CHOOSE_FOLDER, error)
  }
  const descriptor = create(file)
  try {
    if (writeSync(descriptor, RESERVED) < RESERVED.length) throw new Error('The disk is full.')
    fsyncSync(descriptor)
    return descriptor
  } catch (error) {
    closeSync(descriptor)
    rmSync(file, { force: true })
    throw notCreated(file, 'Free space on that disk, or choose another file.', error)
  }
}

function create(file: string): number {
  try {
    // Security: exclusive creation follows no link and reuses no file that others may read.
    return openSync(file, 'wx', 0o600)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code !== 'EEXIST') throw notCreated(file, CHOOSE_FOLDER, error)
    throw new TokentrayError('already_exists', `The file already exists: ${file}`, {
      cause: error,
      hint: `Choose another file. If no tool uses this one, delete it and try again: rm -- ${quoteForShell(file)}`,
    })
  }
}

function isFolder(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false
  } catch {
    // Its folder is not a folder or not accessible: creating the file reports that.
    return false
  }
}

const CHOOSE_FOLDER = 'Choose a folder that you can write to.'

const notCreated = (file: string, hint: string, cause?: unknown) =>
  new TokentrayError('invalid_request', `Cannot create the file: ${file}`, { cause, hint })

function quoteForCurl(text: string): string {
  const escaped = text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return `"${escaped}"`
}

/** The text as one word of a POSIX shell. */
export function quoteForShell(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
