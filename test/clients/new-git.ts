import { execFileSync } from 'node:child_process'

/** True for a git that asks helpers for a scheme (`authtype`, since 2.46); Debian 12 has an older one. */
export function findNewGit(): boolean {
  try {
    const version = execFileSync('git', ['--version'], { encoding: 'utf8' })
    const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(version) ?? []
    return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 46)
  } catch {
    return false
  }
}
