import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it, onTestFinished } from 'vitest'
import { useScene } from '../helpers/desktop-scene.ts'
import { addAccount, answer, goTo, press, see, seeScreen } from '../helpers/desktop-steps.ts'
import { findLeaks, makeTestFolder, readRegister, registerSecret } from '../helpers/marks.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'
import { heapOf, storageOf } from '../helpers/page-memory.ts'
import { ofThisTest, watchProcessList } from '../helpers/process-list.ts'
import { eventually } from '../helpers/waiting.ts'
import { curl, runShell } from './real-agent.ts'

const ACCOUNT = 'sftpgo/demo'

describeWith(components, 'tools in the tray app', () => {
  const scene = useScene()
  const copied = () => scene.desktop.clipboard.read()
  const alive = () => scene.services.sftpgo.aliveTokens()

  /** The app with one account, and a native dialog that is agreed to. */
  const openWithAccount = async () => {
    const opened = await scene.open()
    await opened.app.pressesInDialogs(1)
    await addAccount(opened.page, scene.form('sftpgo'))
    return opened
  }
  const connect = async (page: Page, name: string) => {
    await goTo(page, 'Tools')
    await press(page, 'Connect a tool')
    await page.getByLabel('Name').pressSequentially(name)
    await press(page, 'Connect')
    await seeScreen(page, name)
    return await page.locator('.facts code').first().innerText()
  }
  /** What another program with this id and secret gets. */
  const getToken = async (id: string, secret: string) => {
    const { issuer } = JSON.parse(await scene.desktop.installation.mustDo(['status', '--json']))
    return await curl(['-K', '-', '-d', 'grant_type=client_credentials', `${issuer}/oauth/token`], {
      input: `user = "${id}:${secret}"\n`,
    })
  }

  it('get their secret through the clipboard, and a token with it, neither of which the page gets', async () => {
    const endWatch = watchProcessList()
    onTestFinished(() => void endWatch())
    const { app, page } = await openWithAccount()
    const id = await connect(page, 'backup')
    expect(await copied()).toBeNull()
    await press(page, 'Copy secret')
    await see(page, 'Secret of backup copied.')
    await eventually(copied).not.toBeNull()
    const secret = (await copied()) ?? ''
    registerSecret(secret)
    expect(await scene.desktop.clipboard.targets()).toContain('x-kde-passwordManagerHint')
    expect(await page.getByRole('button', { name: 'Copy secret' }).count()).toBe(0)

    const { status, body } = await getToken(id, secret)
    expect(status).toBe(200)
    expect(alive()).toContain(JSON.parse(body).access_token)
    await see(page, /min left/)
    await press(page, 'Back')
    for (const tab of ['Tokens', 'Activity', 'Settings', 'Tools'] as const) await goTo(page, tab)
    await see(page, '1 active token')

    const registered = readRegister()
    expect(registered).toContain(secret)
    const { installation } = scene.desktop
    const shown = [await page.content(), await storageOf(page), await heapOf(page), app.printed()]
    for (const args of [
      ['tools', 'list', '--json'],
      ['activity', '--json'],
      ['status', '--json'],
    ]) {
      shown.push(await installation.mustDo(args))
    }
    for (const text of shown) expect(findLeaks(text, registered)).toEqual([])
    if (app.shell === 'stand-in') {
      const traffic = readFileSync(scene.desktop.traffic, 'utf8')
      expect(traffic).toContain('hasFreshSecret')
      expect(findLeaks(traffic, registered)).toEqual([])
    }
    // Nor is it in the arguments or the environment of any program.
    expect(findLeaks(endWatch().join('\n'), registered)).toEqual([])
    // Files are searched for it when all tests are over; this one says that it is known by its hash.
    const { config } = scene.desktop
    const files = readdirSync(config).map((name) => readFileSync(path.join(config, name), 'utf8'))
    expect(files.join()).toContain(createHash('sha256').update(secret).digest('hex'))
  })

  it('lose a copied secret from the clipboard as soon as they get another one, or are removed', async () => {
    const { page } = await openWithAccount()
    await connect(page, 'backup')
    await press(page, 'Copy secret')
    await eventually(copied).not.toBeNull()
    await press(page, 'New secret…')
    await answer(page, 'New secret')
    await eventually(copied).toBeNull()
    await press(page, 'Copy secret')
    await eventually(copied).not.toBeNull()
    await scene.desktop.installation.mustDo(['tools', 'remove', 'backup'])
    await eventually(copied).toBeNull()
    await seeScreen(page, 'Tools')
  })

  it('get a command that works in a shell, and a file that works with curl', async () => {
    const { app, page } = await openWithAccount()
    await connect(page, 'backup')
    await page.getByLabel('Language').selectOption('Python')
    await press(page, 'Copy command')
    await eventually(copied).toMatch(/python3/)
    const env = { ...ofThisTest, PATH: process.env['PATH'] }
    const command = (await copied()) ?? ''
    registerSecret(/TOKENTRAY_SECRET=(\w+)/.exec(command)?.[1] ?? '')
    expect(alive()).toContain(JSON.parse((await runShell(command, env)).stdout).access_token)

    const folder = makeTestFolder('saved-secret')
    const file = path.join(folder, 'backup.curl')
    await press(page, 'New secret…')
    await answer(page, 'New secret')
    await press(page, 'Save to file…')
    // The dialog may come a moment later, and is cancelled; only the next one gets the file.
    await eventually(() => page.locator('[aria-disabled]').count()).toBe(0)
    expect(existsSync(file)).toBe(false)
    await app.choosesFiles([file])
    await press(page, 'Save to file…')
    await seeScreen(page, 'Secret saved')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const line = await page.locator('code.line').innerText()
    expect(alive()).toContain(JSON.parse((await runShell(line, env)).stdout).access_token)
  })

  it('are not connected if the user declines in the native dialog', async () => {
    const { app, page } = await openWithAccount()
    await app.pressesInDialogs(0)
    await goTo(page, 'Tools')
    await press(page, 'Connect a tool')
    await page.getByLabel('Name').pressSequentially('backup')
    await press(page, 'Connect')
    await eventually(() => page.locator('[aria-disabled]').count()).toBe(0)
    expect(await scene.desktop.installation.mustDo(['tools', 'list'])).not.toContain('backup')
  })

  it('show which token of the user is in the clipboard, which it leaves when revoked', async () => {
    const { page } = await openWithAccount()
    await press(page, `Copy the token of ${ACCOUNT}`)
    await eventually(copied).not.toBeNull()
    await goTo(page, 'Tokens')
    await see(page, 'You (copied)')
    await press(page, `Revoke your token for ${ACCOUNT}`)
    await eventually(copied).toBeNull()
    await see(page, 'No active tokens')
  })
})
