import type { ContractCase } from './contract-case.ts'
import { endingCases } from './contract-ending.ts'
import { loginCases } from './contract-login.ts'
import { makingCases } from './contract-making.ts'
import { misbehavingCases } from './contract-misbehaving.ts'
import { refusingCases } from './contract-refusing.ts'
import type { NamedRig } from './rig.ts'

/** Everything that is true of every provider, as far as `contract-rules.ts` finds it has a meaning. */
export function contractCases(named: NamedRig): ContractCase[] {
  return [
    ...loginCases(named),
    ...makingCases(named),
    ...endingCases(named),
    ...refusingCases(named),
    ...misbehavingCases(named),
  ]
}
