import type { UserConsoleLog } from 'vitest'
import type { Reporter, TestModule } from 'vitest/node'
import { furtherGenerators } from './clients/generators.ts'
import { findNewGit } from './clients/new-git.ts'
import { findCargo, findKubectl } from './clients/new-programs.ts'
import { furtherPrograms } from './clients/programs.ts'
import { findElectron } from './helpers/desktop-electron.ts'
import { hangingFile } from './helpers/hanging-file.ts'
import { findLeaks, readRegister, searchForLeaks, testRoot } from './helpers/marks.ts'
import { findActionlint } from './packaging/actionlint.ts'
import { findSftpgo } from './real/sftpgo-binary.ts'

/** Shown if nothing of this run was there. */
function notHere(): string[] {
  const others = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' }
  const systems = Object.entries(others).flatMap(([platform, name]) =>
    platform === process.platform ? [] : [name],
  )
  return [
    ...(findElectron() ? [] : ['the real Electron']),
    ...(findSftpgo() ? [] : ['a real SFTPGo']),
    ...(findNewGit() ? [] : ['a git with authtype']),
    ...(findKubectl() ? [] : ['a kubectl with exec v1']),
    ...(findCargo() ? [] : ['a cargo with credential providers']),
    ...(findActionlint() ? [] : ['actionlint']),
    ...(hangingFile ? [] : ['a file whose disk hangs']),
    ...furtherPrograms().missing,
    ...furtherGenerators.missing,
    ...systems,
  ]
}

/**
 * Finishes a run: searches everything that the suite wrote for marked secrets, says what was skipped
 * and why, what cannot run here, and the counts in one line. A secret that is found fails the run.
 */
export default class ClosingReporter implements Reporter {
  #printed = ''

  onUserConsoleLog({ content }: UserConsoleLog): void {
    this.#printed += content
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const inState = (state: string) => tests.filter((test) => test.result().state === state)
    const brokenModules = modules.filter(
      (module) =>
        module.state() === 'failed' && [...module.children.allTests('failed')].length === 0,
    )
    const leaks = this.#leaks()
    if (leaks.length > 0) process.exitCode = 1

    const passed = inState('passed').length
    const failed = inState('failed').length + brokenModules.length + unhandled.length + leaks.length
    const skipped = inState('skipped')
    const reasons = new Set(
      skipped.map((test) => /\[skipped: (.*?)\]/.exec(test.fullName)?.[1] ?? test.fullName),
    )
    const lines = [
      ...leaks.map((leak) => `secret written in clear: ${leak}`),
      ...[...reasons].map((reason) => `skipped: ${reason}`),
      `not here: ${notHere().join(', ')}`,
      `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`,
    ]
    process.stdout.write(`\n${lines.join('\n')}\n`)
  }

  #leaks(): string[] {
    const registered = readRegister()
    const printed = findLeaks(this.#printed, registered).map((leak) => `test output: ${leak}`)
    return [...searchForLeaks(testRoot(), registered), ...printed]
  }
}
