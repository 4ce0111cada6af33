import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { makeTestFolder } from './marks.ts'

const EVERY_MS = 5

/**
 * Notes every command line on the machine while it runs, as any user could, in a file that is
 * searched for secrets at the end. Returns what ends it and gives what was seen.
 */
export function watchProcessList(): () => readonly string[] {
  const seen = new Set<string>()
  const look = () => {
    for (const entry of readdirSync('/proc')) {
      if (/^\d+$/.test(entry)) seen.add(commandLine(entry))
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

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    // It has ended between the two looks.
    return ''
  }
}
