import { describeGuard } from '../loopback/guard-table.ts'
import { install } from './real-agent.ts'

// A bundler may take away what it thinks is of no use: the guard is tested as it ships.
describeGuard('the guard of the built program', async () => {
  const serving = install().serve(['--memory'])
  const port = Number(new URL(await serving.issuer()).port)
  return { port, close: () => serving.stop() }
})
