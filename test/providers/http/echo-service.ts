import {
  noCounts,
  type SimulatedAnswer,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../simulators/simulator.ts'
import { SimulatorClock } from '../../simulators/simulator-clock.ts'

/** A server that gives the same response to every request, for tests of the client. */
export function startEchoService(
  answer: SimulatedAnswer = { status: 200, body: { hello: 'world' } },
  options: SimulatorOptions = {},
): Promise<Simulator> {
  return startSimulator(
    {
      clock: new SimulatorClock(options.now),
      counts: noCounts(),
      answer: () => answer,
      isLogin: () => false,
      aliveTokens: () => [],
      endOf: () => null,
    },
    options,
  )
}
