import { symlinkSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'
import { type Clock, systemClock } from '../../main/base/clock.ts'
import { forkKeychain } from '../../main/vault/keychain/forked-keychain.ts'
import { createKeytarVault, type KeytarVault } from '../../main/vault/keytar-vault.ts'
import { makeTestFolder } from './marks.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
let built: Promise<string> | undefined

/** Builds the keychain's process for plain Node, and returns the path of its file. */
export function buildKeychainProcess(): Promise<string> {
  built ??= bundle()
  return built
}

async function bundle(): Promise<string> {
  const outDir = makeTestFolder('keychain')
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    // Its native module must be next to it.
    ssr: { noExternal: true, external: ['keytar'] },
    build: {
      ssr: path.join(ROOT, 'main/keychain-process.ts'),
      outDir,
      target: 'node20.19',
      rolldownOptions: { output: { entryFileNames: 'keychain.mjs', codeSplitting: false } },
    },
  })
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(outDir, 'node_modules'))
  return path.join(outDir, 'keychain.mjs')
}

/** The vault as the agent uses it, on the key ring named by this process's environment. */
export async function openKeytarVault(clock: Clock = systemClock): Promise<KeytarVault> {
  return createKeytarVault(clock, forkKeychain(await buildKeychainProcess()))
}
