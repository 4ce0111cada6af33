import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { useScene } from '../helpers/desktop-scene.ts'
import { addAccount, press } from '../helpers/desktop-steps.ts'
import { faultEnv } from '../helpers/fault.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { desktop as components, describeWith, linuxProc } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'
import { startGiantswarmSimulator } from '../simulators/giantswarm-simulator.ts'
import { type Installation, install } from './real-agent.ts'

const FAULT = 'an unexpected failure'

/** The log file of a home, line by line. */
function logged({ data }: Installation): readonly Readonly<Record<string, unknown>>[] {
  const text = readFileSync(path.join(data, 'tokentray.log'), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describeWith([linuxProc], 'an agent with an uncaught error', () => {
  it.each(['exception', 'rejection'] as const)(
    'revokes all tokens, says where to look, and exits with 1 after an uncaught %s',
    async (kind) => {
      const [password, text] = [markedSecret('password'), markedSecret('quoted')]
      const clusters = await startGiantswarmSimulator({
        accounts: [{ email: 'bob@example.com', password }],
        onToken: registerSecret,
      })
      const installation = install(faultEnv(kind, text))
      const agent = installation.serve(['--memory'])
      await agent.says(/ serves /)
      const form = ['--set', `url=${clusters.url}`, '--set', 'email=bob@example.com']
      await installation.mustDo(['login', 'giantswarm', '--name', 'work', ...form], `${password}\n`)
      await installation.mustDo(['token', 'giantswarm/work'])
      expect(clusters.aliveTokens()).not.toEqual([])
      const named = path.join(installation.data, 'tokentray.log')

      process.kill(agent.pid, 'SIGUSR2')
      expect(await agent.says(/^Internal error/)).toContain(named)
      expect(await agent.exited).toBe(1)
      expect(clusters.aliveTokens()).toEqual([])
      expect(statSync(named).mode & 0o777).toBe(0o600)
      const line = logged(installation).find(({ msg }) => msg === FAULT)
      expect(line).toMatchObject({
        level: 'error',
        time: expect.stringMatching(/^20\d\d-\d\d-\d\dT/),
        error: { name: 'SyntaxError', at: expect.arrayContaining([expect.any(String)]) },
      })
      expect(JSON.stringify(line)).not.toContain(text)
      await clusters.close()
    },
  )
})

describeWith(components, 'a tray app with an uncaught error', () => {
  const scene = useScene()

  it('revokes all tokens, clears the clipboard, says where to look, and exits with 1', async () => {
    const { desktop, services } = scene
    const text = markedSecret('quoted')
    const { app, page } = await scene.open(faultEnv('exception', text))
    await addAccount(page, scene.form('sftpgo'))
    await press(page, 'Copy the token of sftpgo/demo')
    await eventually(() => desktop.clipboard.read()).not.toBeNull()

    process.kill(app.pid, 'SIGUSR2')
    expect(await app.exited).toBe(1)
    expect(services.sftpgo.aliveTokens()).toEqual([])
    expect(await desktop.clipboard.read()).toBeNull()
    const notes = await desktop.panel.notifications()
    expect(notes.map(({ title }) => title)).toContain('Tokentray stopped after an internal error')
    expect(notes.map(({ body }) => body).join('\n')).toContain('tokentray.log')
    expect(logged(desktop.installation).map(({ msg }) => msg)).toContain(FAULT)
    expect(app.printed()).not.toContain(text)
  })
})
