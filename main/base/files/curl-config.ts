import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { TokentrayError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { isFolder, notWritten } from './chosen-file.ts'

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
 * Creates a blank file, 0600. Throws `already_exists` if the file exists, and `invalid_request` if it cannot be
 * created or the disk has no space for it: better now than when a secret was made for it, and another one given
 * up. No folder is created, because a mistyped path would hide the secret in a new one.
 */
export function createCurlConfig(file: string, socket: string | null): CurlConfig {
  return curlConfigAt(file, { chosen: file, socket, written: () => undefined })
}

/** The same, but `write` replaces an existing file at once, and until then that one stays as it is. */
export function replaceCurlConfig(file: string, socket: string | null): CurlConfig {
  if (isFolder(file)) throw notWritten(file)
  const beside = `${file}.${randomBytes(6).toString('hex')}`
  return curlConfigAt(beside, { chosen: file, socket, written: () => renameSync(beside, file) })
}

/** How curl names one of several accounts; a tool with a single one need not name it. */
export const audienceFor = ([first]: readonly string[]): string => `-d audience=${first}`

/** The line for a POSIX shell that gets a token of the first of these accounts with that file. */
export function curlLineWith(file: string, accounts: readonly string[], issuer: string): string {
  const audience = accounts.length > 1 ? `${audienceFor(accounts)} ` : ''
  return (
    `curl --noproxy '*' -sS -w '\\n' -K ${quoteForShell(file)} -d grant_type=client_credentials ` +
    `${audience}${issuer}/oauth/token`
  )
}

interface Target {
  /** Not where it is written while the chosen file is to be replaced; errors name what was chosen. */
  readonly chosen: string
  readonly socket: string | null
  readonly written: () => void
}

function curlConfigAt(target: string, { chosen, socket, written }: Target): CurlConfig {
  const descriptor = open(target, chosen)
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
    discard: () => rmSync(target, { force: true }),
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

function open(target: string, chosen: string): number {
  const descriptor = create(target, chosen)
  try {
    if (writeSync(descriptor, RESERVED) < RESERVED.length) {
      throw Object.assign(new Error('The disk is full.'), { code: 'ENOSPC' })
    }
    fsyncSync(descriptor)
    return descriptor
  } catch (error) {
    closeSync(descriptor)
    rmSync(target, { force: true })
    throw notWritten(chosen, error)
  }
}

function create(target: string, chosen: string): number {
  try {
    // Security: exclusive creation follows no link and reuses no file that others may read.
    return openSync(target, 'wx', 0o600)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code !== 'EEXIST' || isFolder(chosen)) throw notWritten(chosen, error)
    throw new TokentrayError('already_exists', `The file already exists: ${chosen}`, {
      cause: error,
      hint: `Choose another file. If no tool uses this one, delete it and try again: rm -- ${quoteForShell(chosen)}`,
    })
  }
}

function quoteForCurl(text: string): string {
  const escaped = text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return `"${escaped}"`
}

/** The text as one word of a POSIX shell. */
export function quoteForShell(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
