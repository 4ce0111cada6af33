import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { makeTestFolder } from './marks.ts'

const EVERY_MS = 5

/** Belongs in the environment of a program that a test gives a secret: others then leave it out, as below. */
export const ofThisTest = { VITEST_POOL_ID: process.env['VITEST_POOL_ID'] ?? '' }

/**
 * Records every command line on the machine, as any user could, and the initial environment of each
 * program, as programs of this user could, in a file that is searched for secrets at the end; all but those
 * of other test files. Returns a function that stops it and returns what was seen.
 */
export function watchProcessList(): () => readonly string[] {
  const seen = new Set<string>()
  const known = new Map<string, string>()
  const look = () => {
    for (const entry of readdirSync('/proc')) {
      if (!/^\d+$/.test(entry)) continue
      const command = commandLine(entry)
      // It is that of the last exec, and a process may exec more than once.
      if (known.get(entry) === command) continue
      known.set(entry, command)
      const environment = environmentOf(entry)
      if (isOfAnotherTest(environment)) continue
      seen.add(command)
      seen.add(environment)
    }
  }
  const timer = setInterval(look, EVERY_MS)
  return () => {
    clearInterval(timer)
    look()
    writeFileSync(path.join(makeTestFolder('processes'), 'seen'), [...seen].join('\n'))
    return [...seen]
  }
}

/** True for what a test file started that runs at the same time: it may give its programs secrets. */
function isOfAnotherTest(environment: string): boolean {
  const worker = /^VITEST_POOL_ID=(.*)$/m.exec(environment)?.[1]
  return worker !== undefined && worker !== ofThisTest.VITEST_POOL_ID
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    // It has exited between the two reads.
    return ''
  }
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').replaceAll('\0', '\n')
  } catch {
    // Another user's, or it has exited.
    return ''
  }
}

/** The descendants of a process. */
export function processesBelow(
  pid: number,
): readonly { readonly pid: number; readonly command: string }[] {
  const all = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => ({ pid: Number(entry), parent: parentOf(entry) }))
  const below = (parent: number): number[] =>
    all.filter((each) => each.parent === parent).flatMap((each) => [each.pid, ...below(each.pid)])
  return below(pid).map((each) => ({ pid: each, command: commandLine(String(each)) }))
}

/** Whether it is running, and not a zombie. */
export function isRunning(pid: number): boolean {
  return !['', 'Z', 'X'].includes(statOf(String(pid))[0] ?? '')
}

const parentOf = (pid: string): number => Number(statOf(pid)[1])

/** The fields of /proc/PID/stat, from the state on. */
function statOf(pid: string): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    // It has exited between the two reads.
    return []
  }
}

/** The inodes of the sockets that a process listens on. */
export function listeningSockets(pid: number): string[] {
  const LISTENS = '0A'
  const listening = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === LISTENS)
      .map((fields) => `socket:[${fields[9]}]`),
  )
  return readdirSync(`/proc/${pid}/fd`)
    .map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
    .filter((target) => listening.includes(target))
}
