import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type KeyRing, startKeyRing } from '../helpers/key-ring.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { curl as curlProgram, describeWith, secretService } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'
import { type SftpgoSimulator, startSftpgoSimulator } from '../simulators/sftpgo-simulator.ts'
import { type Installation, install } from './real-agent.ts'

describeWith(
  [secretService, curlProgram],
  'a run without the keychain between two runs with it',
  () => {
    let ring: KeyRing
    let files: SftpgoSimulator
    let installation: Installation
    const password = markedSecret('memory')

    beforeAll(async () => {
      ring = await startKeyRing()
      files = await startSftpgoSimulator({
        accounts: [{ username: 'alice', password }],
        onToken: registerSecret,
      })
      installation = install(ring.env)
    })

    afterAll(() => Promise.all([ring.close(), files.close()]))

    const login = (name: string) =>
      installation.mustDo(
        ['login', 'sftpgo', '--name', name, '--set', `url=${files.url}`, '--set', 'username=alice'],
        `${password}\n`,
      )
    const credentials = () =>
      spawnSync('secret-tool', ['search', '--all', 'service', 'Tokentray'], {
        env: { ...process.env, ...ring.env },
        encoding: 'utf8',
      }).stdout.split(password).length - 1

    it('has accounts of its own, says which tokens it cannot revoke, and leaves the other accounts as they were', async () => {
      const first = installation.serve()
      await first.says(/^passwords: in the keychain$/)
      await login('kept')
      await first.kill()
      expect(files.aliveTokens()).toHaveLength(1)

      const second = installation.serve(['--memory'])
      expect(await second.says(/^notice: /)).toMatch(/earlier runs are left alone/)
      await second.says(/^passwords: in memory$/)
      expect(await installation.mustDo(['accounts'])).not.toMatch(/kept/)
      await login('passing')
      await installation.mustDo(['accounts', 'remove', 'sftpgo/passing'])
      await second.stop()
      expect(credentials()).toBe(1)

      const third = installation.serve()
      await third.says(/^passwords: in the keychain$/)
      expect(await installation.mustDo(['accounts'])).toMatch(/sftpgo\/kept.*logged in/)
      registerSecret((await installation.mustDo(['token', 'sftpgo/kept'])).trim())
      await third.stop()
      expect(files.aliveTokens()).toEqual([])
    })

    it('knows on its next start that no account is logged in any more, and why', async () => {
      const first = installation.serve(['--memory'])
      await first.says(/^passwords: in memory$/)
      await login('gone')
      await first.stop()

      const second = installation.serve(['--memory'])
      await second.says(/^passwords: in memory$/)
      expect(await installation.mustDo(['accounts'])).toMatch(/sftpgo\/gone.*login required/)
      expect(await installation.mustDo(['accounts', 'show', 'sftpgo/gone'])).toContain(
        'Its password was only kept in memory until Tokentray stopped.',
      )
      await second.stop()
    })

    it('reports a locked keychain, even if it was locked only after the start', async () => {
      const serving = installation.serve()
      await serving.says(/^passwords: in the keychain$/)
      expect(await installation.mustDo(['status'])).not.toMatch(/keychain/)
      ring.lock()
      expect((await installation.cli(['logout', 'sftpgo/kept'])).stderr).toMatch(
        /was logged out, but cleanup did not finish: .*locked/,
      )
      expect(await installation.mustDo(['status'])).toMatch(/keychain.*locked/)
      await ring.unlock()
      await installation.mustDo(['logout', 'sftpgo/kept'])
      expect(await installation.mustDo(['status'])).not.toMatch(/keychain/)
      await serving.stop()
    })

    it('deletes on the next start what a log-out could not remove', async () => {
      const first = installation.serve()
      await first.says(/^passwords: in the keychain$/)
      await login('late')
      expect(credentials()).toBe(1)
      ring.lock()
      expect((await installation.cli(['logout', 'sftpgo/late'])).code).toBe(7)
      await first.stop()
      await ring.unlock()
      expect(credentials()).toBe(1)

      const second = installation.serve()
      await second.says(/^passwords: in the keychain$/)
      await eventually(credentials).toBe(0)
      await second.stop()
    })

    it('uses the given port, or none', async () => {
      const taken = Number(new URL(files.url).port)
      const refused = await installation.cli(['serve', '--memory', '--port', String(taken)])
      expect(refused.code).toBe(2)
      expect(refused.stderr).toMatch(new RegExp(`Port ${taken} is in use`))
    })

    it('says on exit how long the tokens stay valid that it could not revoke', async () => {
      const serving = installation.serve(['--memory'])
      await serving.says(/^passwords: in memory$/)
      await login('left')
      files.faults.next(Number.POSITIVE_INFINITY, { kind: 'status', status: 503 })
      await serving.stop()
      await serving.says(
        /^1 token cannot be revoked\. It is valid until (\S+ )?\d\d:\d\d at the latest\.$/,
      )
    })
  },
)
