import type { Activity } from './activities.ts'
import type { NamedRig, RigOptions } from './rig.ts'
import { Scene } from './scene.ts'

/** One thing that is true of every provider, as a sentence and as a trial. */
export interface ContractCase {
  readonly name: string
  /** The one call that meets what the case is about, where there is one. */
  readonly about?: Activity
  /** Rejects when it is not true. */
  run(): Promise<void>
}

/** A case with a scene of its own, which is closed afterwards. */
export function caseOf(
  named: NamedRig,
  name: string,
  test: (scene: Scene) => Promise<void>,
  options?: RigOptions,
): ContractCase {
  return {
    name,
    async run() {
      const scene = new Scene(named)
      try {
        await scene.open(options)
        await test(scene)
      } finally {
        await scene.close()
      }
    },
  }
}
