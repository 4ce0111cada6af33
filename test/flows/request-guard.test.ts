import { describeGuard } from '../loopback/http/guard-table.ts'
import { install } from './real-agent.ts'

// A bundler may take away what it thinks is of no use: the guard is tested as it ships. And what the
// environment tells every program of Node to put up with, it does not.
describeGuard('the guard of the built program', async () => {
  const serving = install({ NODE_OPTIONS: '--insecure-http-parser' }).serve(['--memory'])
  const port = Number(new URL(await serving.issuer()).port)
  return { port, close: () => serving.stop() }
})
