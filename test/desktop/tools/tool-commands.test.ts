import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { toToolCommand } from '../../../main/desktop/tools/tool-commands.ts'
import type { ToolLanguage } from '../../../preload/contract.ts'
import { jdk } from '../../clients/programs.ts'
import { makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { type Component, curl, describeWith, program } from '../../helpers/needs.ts'

const run = promisify(execFile)
/** A compiler may have to start first. */
const TAKES_MS = 90_000

const LANGUAGES: readonly (readonly [ToolLanguage, Component])[] = [
  ['curl', curl],
  ['python', program('Python', 'apt install python3', 'python3')],
  ['node', program('Node.js', 'apt install nodejs', 'node')],
  ['java', jdk],
  ['go', program('Go', 'apt install golang-go', 'go')],
]

let test: TestLoopback
let accounts: readonly string[]

beforeAll(async () => {
  test = await makeLoopback()
  await test.newAccount()
  accounts = test.broker.accounts.all().map(({ id }) => id)
})

/** The command for a new tool with these accounts. */
function commandFor(language: ToolLanguage, of: readonly string[]) {
  const { id, secret } = test.addClient(`${language}-${of.length}`, ...of)
  const access = { id, secret: new Secret(secret), issuer: test.issuer, accounts: of }
  return { command: toToolCommand(language, access).reveal(), secret }
}

/** The output of a command as a user pastes it, with a proxy set that nothing must be sent to. */
async function paste(command: string): Promise<string> {
  const proxy = 'http://127.0.0.1:9'
  const { stdout } = await run('sh', ['-c', command], {
    cwd: makeTestFolder('paste'),
    env: { ...process.env, http_proxy: proxy, HTTP_PROXY: proxy, all_proxy: proxy },
  })
  return stdout
}

for (const [language, component] of LANGUAGES) {
  describeWith([component], `the command for ${language}`, () => {
    it('gets a token of the only account, and prints the answer', {
      timeout: TAKES_MS,
    }, async () => {
      const [account = ''] = accounts
      const { command } = commandFor(language, [account])
      const answer = JSON.parse(await paste(command))
      const [lease] = test.broker.leases.list({ id: answer.lease_id })
      expect(answer).toMatchObject({
        account,
        access_token: lease?.held.token.value.reveal(),
        headers: expect.any(Object),
      })
    })

    it('names the first account of several', { timeout: TAKES_MS }, async () => {
      const { command } = commandFor(language, [...accounts].reverse())
      expect(JSON.parse(await paste(command))).toMatchObject({ account: accounts.at(-1) })
    })

    it("has the secret in no program's arguments, and stays out of a history that allows it", () => {
      const { command, secret } = commandFor(language, [])
      const [before = '', after, ...more] = command.split(secret)
      expect(more).toEqual([])
      expect(after).toBeDefined()
      expect(before).toMatch(
        language === 'curl'
          ? /<<'EOF'\nuser = "\w+:$/
          : /(^|\n) TOKENTRAY_ID=\w+ TOKENTRAY_SECRET=$/,
      )
      expect(command).toMatch(/^ \S/)
    })
  })
}
