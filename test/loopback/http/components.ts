import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Component } from '../../helpers/needs.ts'

/** The path of a program; `undefined` if it is not installed. */
export function findProgram(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file))
}

export const python: Component = {
  name: 'Python',
  install: 'apt install python3',
  isThere: () => findProgram('python3') !== undefined,
}
export const chromium: Component = {
  name: 'Chromium',
  install: 'apt install chromium',
  isThere: () => findProgram('chromium') !== undefined,
}
