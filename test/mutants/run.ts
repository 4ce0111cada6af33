import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { mutants } from './all.ts'
import { Checkout } from './checkout.ts'
import { buildProgram, runTests } from './judge.ts'
import { type Mutant, needsBuild } from './mutant.ts'

/*
 * Breaks the promises one by one and reports which test noticed. The named tests are first run
 * unchanged: a test that fails anyway, or does not exist, would notice nothing.
 */

const root = path.resolve(import.meta.dirname, '../..')

type Outcome = 'noticed' | 'MISSED' | 'not run' | 'WRONG'

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: String(availableParallelism()) },
  },
})

const wanted = mutants.filter(({ promise, changes, noticedBy }) =>
  [promise, noticedBy.file, ...changes.map(({ file }) => file)].some((text) =>
    text.includes(values.only),
  ),
)
if (wanted.length === 0) {
  console.error(`No promise or file contains "${values.only}".`)
  process.exit(1)
}
const counts: Record<Outcome, number> = { noticed: 0, MISSED: 0, 'not run': 0, WRONG: 0 }

function say(outcome: Outcome, { promise, noticedBy }: Mutant, detail = ''): void {
  counts[outcome] += 1
  console.log(`${outcome.padEnd(8)} ${promise}\n         ${noticedBy.file}: ${noticedBy.test}`)
  if (detail) console.log(detail.replaceAll(/^/gm, '         | '))
}

/** The mutants whose tests pass unchanged; reports why the others are not tried. */
async function whoseTestsPass(checkout: Checkout, file: string): Promise<Mutant[]> {
  const here = wanted.filter(({ noticedBy }) => noticedBy.file === file)
  const names = here.map(({ noticedBy }) => noticedBy.test)
  const { passed, failed, skipped, output } = await runTests(checkout.folder, file, names)
  return here.filter((mutant) => {
    const isIn = (list: readonly string[]) =>
      list.some((name) => name.includes(mutant.noticedBy.test))
    if (isIn(failed)) say('WRONG', mutant, 'fails without the change')
    else if (isIn(passed)) return true
    else if (isIn(skipped)) say('not run', mutant, 'a requirement is missing')
    else say('WRONG', mutant, `there is no such test\n${output}`)
    return false
  })
}

/** Breaks one promise and reports whether its test notices. */
async function tryMutant(checkout: Checkout, mutant: Mutant): Promise<void> {
  const { file, test } = mutant.noticedBy
  try {
    await checkout.broken(mutant.changes, async () => {
      if (needsBuild(mutant)) await buildProgram(checkout.folder)
      const { failed, passed, output } = await runTests(checkout.folder, file, [test])
      if (failed.length > 0) say('noticed', mutant)
      else if (passed.length > 0) say('MISSED', mutant)
      else say('WRONG', mutant, `the changed code does not load\n${output}`)
    })
  } catch (error) {
    say('WRONG', mutant, error instanceof Error ? error.message : String(error))
  }
}

async function work(files: string[]): Promise<void> {
  const checkout = new Checkout(root)
  try {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      const rebuilds = wanted.some((mutant) => mutant.noticedBy.file === file && needsBuild(mutant))
      if (rebuilds) await buildProgram(checkout.folder)
      for (const mutant of await whoseTestsPass(checkout, file)) await tryMutant(checkout, mutant)
      rmSync(path.join(checkout.folder, 'out'), { recursive: true, force: true })
    }
  } finally {
    checkout.remove()
  }
}

const files = [...new Set(wanted.map(({ noticedBy }) => noticedBy.file))]
await Promise.all(Array.from({ length: Number(values.jobs) }, () => work(files)))

console.log(
  `\n${counts.noticed} noticed, ${counts.MISSED} missed, ${counts.WRONG} wrong, ` +
    `${counts['not run']} not run`,
)
process.exitCode = counts.MISSED + counts.WRONG === 0 && wanted.length > 0 ? 0 : 1
