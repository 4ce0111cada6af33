import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { makeTestFolder, markedSecret, registerSecret } from '../helpers/marks.ts'
import { type SftpgoSimulator, startSftpgoSimulator } from '../simulators/sftpgo-simulator.ts'
import { type Installation, install, type Outcome, type Serving } from './real-agent.ts'

/** The account of the scene. */
export const ACCOUNT = 'sftpgo/alice'

/** The built agent with an account that is logged in, and the built helpers on a PATH. */
export interface HelperScene {
  readonly folder: string
  readonly installation: Installation
  readonly service: SftpgoSimulator
  readonly env: NodeJS.ProcessEnv
  /** The tokens that the service has given out. */
  readonly valid: Set<string>
  /** Runs a program with the helpers on its PATH, in the folder. */
  run(file: string, ...args: readonly string[]): Promise<Outcome>
  close(): Promise<void>
}

/** Installs, starts and logs in; `extra` is added to the environment of the programs that are run. */
export async function startHelperScene(
  name: string,
  extra: (folder: string) => Readonly<Record<string, string>> = () => ({}),
): Promise<HelperScene> {
  const password = markedSecret(name)
  const folder = makeTestFolder(name)
  const installation = install({ XDG_RUNTIME_DIR: path.join(folder, 'session') })
  const bin = path.join(folder, 'bin')
  for (const each of ['session', 'bin']) mkdirSync(path.join(folder, each), { mode: 0o700 })
  const root = path.resolve(import.meta.dirname, '../..')
  for (const [command, script] of Object.entries(manifest.bin)) {
    symlinkSync(path.join(root, script), path.join(bin, command))
  }
  symlinkSync(process.execPath, path.join(bin, 'node'))
  const env = {
    ...{ ...installation.env, PATH: `${bin}:${process.env['PATH']}`, LC_ALL: 'C' },
    ...extra(folder),
  }
  const valid = new Set<string>()
  const service = await startSftpgoSimulator({
    accounts: [{ username: 'alice', password }],
    onToken: (token) => {
      registerSecret(token)
      valid.add(token)
    },
  })
  const serving: Serving = installation.serve(['--memory'])
  await serving.says(/^passwords: in memory$/)
  const values = ['--set', `url=${service.url}`, '--set', 'username=alice']
  await installation.mustDo(['login', 'sftpgo', '--name', 'alice', ...values], `${password}\n`)
  return {
    ...{ folder, installation, service, env, valid },
    run: (file, ...args) =>
      new Promise((resolve) => {
        execFile(file, args, { env, cwd: folder }, (error, stdout, stderr) => {
          resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
        })
      }),
    close: async () => {
      await serving.stop()
      await service.close()
    },
  }
}
