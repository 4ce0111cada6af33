import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'
import { expect, it } from 'vitest'
import { openAnew } from '../helpers/crashed-page.ts'
import { killAllWith, killRenderers } from '../helpers/desktop-running.ts'
import { makeTestFolder } from '../helpers/marks.ts'
import { chromium as component, describeWith } from '../helpers/needs.ts'

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0']

describeWith([component], 'the tests of the tray app in Electron', () => {
  it('see a page again after its process was killed and it was reloaded', async () => {
    const profile = makeTestFolder('chromium')
    const child = spawn('chromium', [...FLAGS, `--user-data-dir=${profile}`, 'data:,first'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    try {
      const devtools = await toAddress(child.stderr)
      const before = (await chromium.connectOverCDP(devtools, { noDefaults: true }))
        .contexts()[0]
        ?.pages()[0]
      if (!before) throw new Error('There is no page.')
      const crashed = before.waitForEvent('crash')
      killRenderers(child.pid ?? 0)
      await crashed
      await load(devtools, 'data:,again')
      const page = await openAnew(devtools, 'data:')
      expect(await page.locator('body').innerText()).toBe('again')
    } finally {
      await killAllWith(profile)
    }
  })
})

async function toAddress(stderr: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(stderr)) {
    const [, port] = /^DevTools listening on ws:\/\/[^:]+:(\d+)\//.exec(line) ?? []
    if (port) return `http://127.0.0.1:${port}`
  }
  throw new Error('Chromium did not start.')
}

/** As the app itself does it, not through the connection that saw the crash. */
async function load(devtools: string, url: string): Promise<void> {
  const browser = await chromium.connectOverCDP(devtools, { noDefaults: true })
  const session = await browser.newBrowserCDPSession()
  const { targetInfos } = await session.send('Target.getTargets')
  const targetId = targetInfos.find(({ type }) => type === 'page')?.targetId ?? ''
  const { sessionId } = await session.send('Target.attachToTarget', { targetId })
  const message = JSON.stringify({ id: 1, method: 'Page.navigate', params: { url } })
  await session.send('Target.sendMessageToTarget', { sessionId, message })
}
