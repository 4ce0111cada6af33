import { constants, copyFileSync, existsSync, readdirSync, renameSync } from 'node:fs'
import path from 'node:path'
import type { Clock } from '../clock.ts'
import { makePrivate } from './owned-file.ts'

/** Moves an unreadable file out of the way without overwriting another; returns its new path. */
export function setAside(file: string, clock: Clock): string {
  const aside = freeName(file, clock)
  renameSync(file, aside)
  makePrivate(aside)
  return aside
}

/** Copies a file that is only partly readable (0600); returns the path of the copy. */
export function copyAside(file: string, clock: Clock): string {
  const aside = freeName(file, clock)
  copyFileSync(file, aside, constants.COPYFILE_EXCL)
  makePrivate(aside)
  return aside
}

/** The existing copies that were set aside of this file, oldest first. */
export function setAsideCopies(file: string): string[] {
  const folder = path.dirname(file)
  const start = `${path.basename(file)}.unreadable-`
  return readdirSync(folder)
    .filter((name) => name.startsWith(start))
    .sort()
    .map((name) => path.join(folder, name))
}

/** `FILE.unreadable-20260131T235959Z`, with a number if that exists. */
function freeName(file: string, clock: Clock): string {
  const time = new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/g, '')
  const name = `${file}.unreadable-${time}`
  let free = name
  for (let count = 2; existsSync(free); count += 1) free = `${name}-${count}`
  return free
}
