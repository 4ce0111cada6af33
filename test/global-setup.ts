import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Creates one folder for everything the suite writes; the reporter searches it for secrets at the end. */
export function setup(): () => void {
  // Called for each project of the run; they share one folder.
  if (process.env['TOKENTRAY_TEST_ROOT'] !== undefined) return () => undefined
  const base = mkdtempSync(path.join(tmpdir(), 'tokentray-test-'))
  const root = mkdtempSync(path.join(base, 'root-'))
  const register = path.join(base, 'register')
  writeFileSync(register, '')
  process.env['TOKENTRAY_TEST_ROOT'] = root
  process.env['TOKENTRAY_TEST_REGISTER'] = register
  // What a failed test left running may still be writing.
  return () => rmSync(base, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
}
