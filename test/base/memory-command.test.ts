import { expect, it } from 'vitest'
import { memoryCommand } from '../../main/base/memory-command.ts'

it.each([
  ['an installed Tokentray', {}, 'tokentray serve --memory'],
  ['npm start in a clone', { npm_lifecycle_event: 'start' }, 'npm start -- --memory'],
  ['another script', { npm_lifecycle_event: 'test' }, 'tokentray serve --memory'],
])('names a command that exists for %s', (_what, env, command) => {
  expect(memoryCommand(env)).toBe(command)
})
