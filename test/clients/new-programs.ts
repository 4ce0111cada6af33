import { execFileSync } from 'node:child_process'

/** True for a kubectl that calls plugins of version v1, which it has known since 1.22. Debian 12 has none that does. */
export function findKubectl(): boolean {
  return isAtLeast(/\bv(\d+)\.(\d+)\.\d/, [1, 22], 'kubectl', 'version', '--client')
}

/** True for a cargo that calls credential providers, which it has known since 1.74; Debian 12 has an older one. */
export function findCargo(): boolean {
  return isAtLeast(/^cargo (\d+)\.(\d+)/, [1, 74], 'cargo', '--version')
}

function isAtLeast(
  pattern: RegExp,
  [least, leastMinor]: readonly [number, number],
  file: string,
  ...args: readonly string[]
): boolean {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] as const
    const printed = execFileSync(file, args, { encoding: 'utf8', stdio: [...stdio] })
    const [, major = '0', minor = '0'] = pattern.exec(printed) ?? []
    return Number(major) > least || (Number(major) === least && Number(minor) >= leastMinor)
  } catch {
    return false
  }
}
