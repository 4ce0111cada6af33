import { Secret } from '../../../main/base/secret.ts'
import { AutoClear } from '../../../main/desktop/clipboard/auto-clear.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { FakeClipboard } from './fake-clipboard.ts'

/** What is copied, unless a test says otherwise. */
export const what = { account: 'koyeb/work', form: 'token', lease: 'l1' } as const

/** Copying over a clipboard in memory, with everything that it tells. */
export function openCopying(clipboard = new FakeClipboard()) {
  const clock = new FakeClock()
  const told: string[] = []
  const logged: unknown[] = []
  const write = (...line: unknown[]) => logged.push(line)
  const wish = { seconds: 30 }
  const copying: AutoClear = new AutoClear({
    clipboard,
    clock,
    seconds: () => wish.seconds,
    failed: () => told.push('failed'),
    changed: () => told.push(copying.current?.account ?? 'nothing'),
    log: { info: write, warn: write, error: write },
  })
  const put = (text: string, account: string = what.account) =>
    copying.put(new Secret(text), { ...what, account })
  return { clipboard, clock, copying, told, logged, wish, put }
}
