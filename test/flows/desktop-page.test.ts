import { expect, it } from 'vitest'
import { killRenderers } from '../helpers/desktop-running.ts'
import { useScene } from '../helpers/desktop-scene.ts'
import { addAccount, rowOf, seeScreen } from '../helpers/desktop-steps.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'

describeWith(components, 'the page of the tray app', () => {
  const scene = useScene()

  it('is reloaded after its process was killed, while the broker kept running', async () => {
    const { app, page } = await scene.open()
    const account = await addAccount(page, scene.form('sftpgo'))
    const token = await scene.desktop.installation.mustDo(['token', account])
    killRenderers(app.pid)
    await eventually(async () => (await app.page()) !== page).toBe(true)
    await rowOf(await app.page(), account).waitFor()
    expect(await scene.desktop.installation.mustDo(['token', account])).toBe(token)
    expect(app.printed()).toContain('the page has crashed')
  })

  it('has no access to Node, and to Electron only through the bridge, which it cannot change', async () => {
    const { page } = await scene.open()
    await seeScreen(page, 'Welcome to Tokentray')
    const seen = await page.evaluate(() => {
      const names = ['require', 'process', 'module', 'ipcRenderer', 'electron', 'Buffer']
      const { tokentray } = window as unknown as { tokentray: Record<string, unknown> }
      try {
        tokentray['lock'] = () => null
      } catch {
        // Only strict code gets an exception.
      }
      return {
        there: names.filter((name) => name in window),
        isFrozen: Object.isFrozen(tokentray),
        lock: String(tokentray['lock']),
      }
    })
    expect(seen).toMatchObject({ there: [], isFrozen: true })
    expect(seen.lock).not.toContain('null')
  })

  it('gets no permission, opens no window, does not navigate and loads nothing remote', async () => {
    const { page } = await scene.open()
    await seeScreen(page, 'Welcome to Tokentray')
    const before = page.url()
    const { url } = scene.services.sftpgo
    const tried = await page.evaluate(async (elsewhere) => {
      const state = async (name: string) =>
        (await navigator.permissions.query({ name: name as PermissionName })).state
      const failed = (work: Promise<unknown>) =>
        work.then(
          () => false,
          () => true,
        )
      const image = new Image()
      const noImage = new Promise((resolve) => {
        image.onerror = () => resolve(true)
        image.onload = () => resolve(false)
      })
      image.src = `${elsewhere}/x.png`
      const script = document.createElement('script')
      script.textContent = 'window.injected = true'
      document.body.append(script)
      return {
        permissions: await Promise.all(
          ['geolocation', 'notifications', 'clipboard-read'].map(state),
        ),
        noFetch: await failed(fetch(`${elsewhere}/fetched`)),
        noImage: await noImage,
        noInjection: !('injected' in window),
        noEval: await failed(Promise.resolve().then(() => new Function('return 1')())),
        opened: window.open(`${elsewhere}/window`) !== null,
      }
    }, url)
    expect(tried).toMatchObject({
      ...{ noFetch: true, noImage: true, noInjection: true, noEval: true },
      permissions: ['denied', 'denied', 'denied'],
    })
    await page.evaluate((elsewhere) => {
      location.href = `${elsewhere}/gone`
    }, url)
    await seeScreen(page, 'Welcome to Tokentray')
    expect(page.url()).toBe(before)
    await eventually(() => page.context().pages().length).toBe(1)
    const asked = scene.services.sftpgo.requests.map((request) => request.path)
    // The stand-in closes a refused window after opening it; Electron never opens it.
    expect(asked.filter((each) => !['/window', '/favicon.ico'].includes(each))).toEqual([])
  })

  it('gets an error sentence, without a secret, for an impossible request', async () => {
    const { page } = await scene.open()
    await seeScreen(page, 'Welcome to Tokentray')
    const refused = await page.evaluate(() => {
      const { tokentray } = window as unknown as {
        tokentray: Record<string, (...args: unknown[]) => Promise<unknown>>
      }
      const calls = [
        tokentray['copy']?.('nobodys0account0uid0', 'token'),
        tokentray['copy']?.({ account: 1 }),
        tokentray['setPreferences']?.({ clipboardSeconds: 1 }),
        tokentray['activity']?.(),
      ]
      return Promise.all(calls.map((call) => call?.catch((error) => error.code)))
    })
    expect(refused).toEqual(['not_found', ...Array(3).fill('invalid_request')])
  })
})
