import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { cliClient } from '../../main/broker/clients.ts'
import { twoAccounts } from './set-ups.ts'

describe('over 100,000 tokens handed out', () => {
  it('keeps no more in memory than after the first thousands', async () => {
    const { issue, shared, dedicated, client, broker, forgetRecords } = await twoAccounts()
    const clients = Array.from({ length: 10 }, (_, index) =>
      client(`tool-${index}`, shared, dedicated),
    )
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    const heapAfter = async (count: number) => {
      for (let done = 0; done < count; done += 100) {
        await Promise.all(
          Array.from({ length: 100 }, (_, index) =>
            issue(clients[index % 10] ?? cliClient, index % 3 === 0 ? dedicated : shared),
          ),
        )
        forgetRecords()
      }
      collect()
      return process.memoryUsage().heapUsed
    }
    const before = await heapAfter(5_000)
    const after = await heapAfter(100_000)
    expect(after - before).toBeLessThan(2_000_000)
    expect(broker.leases.count).toBe(20)
  })
})
