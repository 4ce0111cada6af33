import { giantswarmRigs } from '../giantswarm/rig.ts'
import { glowmarktRigs } from '../glowmarkt/rig.ts'
import { koyebRigs } from '../koyeb/rig.ts'
import { sftpgoKeyRigs } from '../sftpgo/key-rig.ts'
import { sftpgoPasswordRigs } from '../sftpgo/password-rig.ts'
import { svixRigs } from '../svix/rig.ts'
import type { NamedRig } from './rig.ts'

/** Every way in which every service is used; the registry test wants one for each provider at least. */
export const rigs: readonly NamedRig[] = [
  ...sftpgoPasswordRigs,
  ...sftpgoKeyRigs,
  ...giantswarmRigs,
  ...glowmarktRigs,
  ...koyebRigs,
  ...svixRigs,
]
