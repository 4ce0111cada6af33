import { Secret } from '../../../main/base/secret.ts'
import { AutoClear } from '../../../main/desktop/clipboard/auto-clear.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { FakeClipboard } from './fake-clipboard.ts'

/** The copied thing, unless a test changes it. */
export const what = { account: 'koyeb/work', form: 'token', mayStay: () => true } as const

/** `AutoClear` on an in-memory clipboard, with a record of its reports. */
export function openAutoClear(clipboard = new FakeClipboard()) {
  const clock = new FakeClock()
  const told: string[] = []
  const logged: unknown[] = []
  const write = (...line: unknown[]) => logged.push(line)
  const wish = { seconds: 30 }
  const autoClear: AutoClear = new AutoClear({
    clipboard,
    clock,
    seconds: () => wish.seconds,
    failed: () => told.push('failed'),
    changed: () => told.push(autoClear.current?.account ?? 'nothing'),
    log: { info: write, warn: write, error: write },
  })
  const put = (text: string, account: string = what.account) =>
    autoClear.put(new Secret(text), { ...what, account })
  return { clipboard, clock, autoClear, told, logged, wish, put }
}
