import type { ContractCase } from './case.ts'
import { loginCases } from './login.ts'
import { makingCases } from './making.ts'
import { misbehavingCases } from './misbehaving.ts'
import { refusingCases } from './refusing.ts'
import { endingCases } from './revoking.ts'
import type { NamedRig } from './rig.ts'

/** Everything that is true of every provider, as far as `rules.ts` finds it has a meaning. */
export function contractCases(named: NamedRig): ContractCase[] {
  return [
    ...loginCases(named),
    ...makingCases(named),
    ...endingCases(named),
    ...refusingCases(named),
    ...misbehavingCases(named),
  ]
}
