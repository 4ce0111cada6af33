import { afterEach, describe, expect, it } from 'vitest'
import { describeWith } from '../helpers/needs.ts'
import { chromium } from '../loopback/http/components.ts'
import { rigs } from '../providers/contract/rigs.ts'
import { withPage } from '../renderer/with-page.ts'
import { OutcomeScene } from './outcome-scene.ts'

const MINUTE = 60_000

describeWith([chromium], 'what Tokentray reports about tokens', () => {
  const built = withPage()
  let scene: OutcomeScene | null = null

  afterEach(async () => {
    await scene?.close()
    scene = null
  })

  describe.each(rigs)('$name', (named) => {
    it.each(['remove', 'logout'] as const)(
      'agrees with the service through an outage, a %s, a quit and a start',
      async (leave) => {
        const it = await OutcomeScene.open(named, built)
        scene = it
        await it.expectAgreement()
        await it.lease('one')
        await it.lease('two')
        await it.expectAgreement()

        it.goDown()
        const [first] = it.run.broker.clients.records()
        await it.run.cli('revoke', '--tool', first?.name ?? '')
        await it.expectAgreement()
        await it.leaveAccount(leave)
        await it.expectAgreement()

        const said = await it.run.leases()
        const before = await it.quit()
        expect(before.pending + before.untilExpiry).toBe(it.rig.simulator.aliveTokens().length)
        expect(before.pending + before.untilExpiry).toBe(said.lingering?.length ?? 0)

        await it.restart()
        await it.expectAgreement()
        it.comeBack()
        await it.expectRecovered()
        await it.expectAgreement()
        const { work_off } = await it.run.status()
        expect(work_off.revoked + work_off.expired + work_off.until_expiry).toBe(
          before.pending + before.untilExpiry,
        )
        expect(work_off.until_expiry).toBe(it.rig.simulator.aliveTokens().length)
        await it.machine.clock.advance(MINUTE)
        const { revoked, expired, until_expiry } = (await it.run.status()).work_off
        const line = { revoked, expired, valid_until_expiry: until_expiry }
        expect(it.machine.logged.at(-1)).toBe(`recovery done ${JSON.stringify(line)}`)
        await it.expectExpiry()
      },
    )
  })
})
