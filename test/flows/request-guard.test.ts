import { describeGuard } from '../loopback/http/guard-table.ts'
import { install } from './real-agent.ts'

// A bundler may drop code that it takes for unused, so the guard is tested as shipped, and with a
// NODE_OPTIONS that would make Node's HTTP parser lenient.
describeGuard('the guard of the built program', async () => {
  const serving = install({ NODE_OPTIONS: '--insecure-http-parser' }).serve(['--memory'])
  const port = Number(new URL(await serving.issuer()).port)
  return { port, close: () => serving.stop() }
})
