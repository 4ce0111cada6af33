import { Precedence } from '../../main/base/async/precedence.ts'
import type { Running } from '../../main/desktop/running.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import type { TestBroker } from '../helpers/make-broker.ts'

const noActivity: Running['activity'] = {
  read: async () => ({ lines: [] }),
  on: () => () => undefined,
  precedence: new Precedence(new FakeClock()),
}

/** A test broker, wrapped as the composition passes it to the desktop. */
export function toRunning(
  { broker }: Pick<TestBroker, 'broker'>,
  change: Partial<Running> = {},
): Running {
  return {
    activity: noActivity,
    ...{ broker, issuer: 'http://127.0.0.1:4711', version: '1.0.0', notices: [] },
    socket: () => null,
    portTrouble: () => null,
    started: Promise.resolve(),
    lost: new Promise(() => {}),
    leave: () => undefined,
    stop: (deadlineMs) => broker.stop(deadlineMs),
    ...change,
  }
}
