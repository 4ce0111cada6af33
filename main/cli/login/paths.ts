import { homedir } from 'node:os'
import path from 'node:path'

/**
 * The path from the root. A `~` that stands for the home directory is taken for it, because no shell
 * has seen what is typed at a prompt, or behind the sign in `--set name=` and `--curl-config=`.
 */
export function toAbsolutePath(text: string): string {
  return path.resolve(text.replace(/^~(?=\/|$)/, () => homedir()))
}
