import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { markedSecret } from '../helpers/marks.ts'
import { describeWith } from '../helpers/needs.ts'
import { chromium } from '../loopback/http/components.ts'
import { full } from './fixture-bridge/snapshots.ts'
import { callsOf, lastCall, push, release, withPage } from './with-page.ts'

const refusal = (code: string, message: string, field?: string) => ({
  failure: { code, message, hint: 'Correct it.', ...(field !== undefined && { field }) },
})

describeWith([chromium], 'logging in', () => {
  const built = withPage()
  const fill = async (page: Page, texts: Readonly<Record<string, string>>) => {
    for (const [label, text] of Object.entries(texts)) {
      await page.getByLabel(label, { exact: true }).fill(text)
    }
  }
  const send = (page: Page) => page.getByRole('button', { name: 'Log in', exact: true }).click()
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.id)
  const textIn = (page: Page, label: string) => page.getByLabel(label, { exact: true }).inputValue()

  describe('to a new account', () => {
    it('lists every service with its summary', async () => {
      const page = await built.open({ snapshot: full, clicks: ['Add account'] })
      const rows = page.getByRole('main').getByRole('listitem')
      expect(await rows.count()).toBe(5)
      expect(await rows.first().innerText()).toContain('File server. Tokens for its REST API')
    })

    it('offers one try if the service asked for no requests, and sends that choice', async () => {
      const password = markedSecret('password')
      const failure = { code: 'rate_limited', message: 'Blocked until 15:31.', hint: 'Wait.' }
      const page = await built.open({
        snapshot: full,
        answers: {
          addAccount: [
            { failure: { ...failure, canTryNow: true } },
            { value: { account: 'sftpgo/home' } },
          ],
        },
        clicks: ['Add account', 'SFTPGo'],
      })
      const tryNow = page.getByRole('button', { name: 'Try once now' })
      expect(await tryNow.count()).toBe(0)
      await fill(page, { Address: 'https://files.example.com', 'User name': 'alice' })
      await fill(page, { Password: password })
      await send(page)
      await page.getByText('Blocked until 15:31.').waitFor()
      expect(await lastCall(page, 'addAccount')).not.toMatchObject([{ tryNow: true }])
      await fill(page, { Password: password })
      await tryNow.click()
      await page.getByRole('heading', { name: 'Accounts' }).waitFor()
      expect(await lastCall(page, 'addAccount')).toMatchObject([{ tryNow: true }])
    })

    it('sends the form with its defaults, and returns to the accounts', async () => {
      const password = markedSecret('password')
      const page = await built.open({
        snapshot: full,
        answers: { addAccount: [{ value: { account: 'sftpgo/home' } }] },
        clicks: ['Add account', 'SFTPGo'],
      })
      await fill(page, { Address: 'https://files.example.com', 'User name': 'alice' })
      await fill(page, { Password: password })
      await send(page)
      expect(await lastCall(page, 'addAccount')).toEqual([
        {
          provider: 'sftpgo',
          values: {
            url: 'https://files.example.com',
            role: 'user',
            username: 'alice',
            allowPlainHttp: 'no',
          },
          secrets: { password },
        },
      ])
      await page.getByText('Added sftpgo/home.').waitFor()
      expect(await focused(page)).toBe('open-sftpgo/home')
    })

    it('shows a dependent field only for the choice that it depends on', async () => {
      const page = await built.open({ snapshot: full, clicks: ['Add account', 'SFTPGo'] })
      const labels = () => page.locator('form > .field > label').allTextContents()
      expect(await labels()).toEqual(['Address', 'Log in as', 'User name', 'Password'])
      await page.getByLabel('Log in as').selectOption('admin')
      expect(await labels()).toContain('Separate tokens')
      await page.getByLabel('Separate tokens').selectOption('api_key')
      await page.getByLabel('API keys act as').fill('bob')
      // A field that depends on a hidden choice is hidden as well.
      await page.getByLabel('Log in as').selectOption('user')
      expect(await labels()).toEqual(['Address', 'Log in as', 'User name', 'Password'])
      await fill(page, { Address: 'https://a.example', 'User name': 'a', Password: 'b' })
      await send(page)
      const [request] = await lastCall(page, 'addAccount')
      expect(request).not.toHaveProperty('values.leaseBy')
      expect(request).not.toHaveProperty('values.keyUser')
    })

    it('sends only the secrets of the chosen auth method', async () => {
      const page = await built.open({ snapshot: full, clicks: ['Add account', 'Koyeb'] })
      await fill(page, { 'API token': 'not-this-one' })
      await page.getByLabel('Log in with').selectOption('password')
      await fill(page, { Email: 'a@example.com', Password: 'this-one' })
      await send(page)
      const [request] = await lastCall(page, 'addAccount')
      expect(request).toHaveProperty('secrets', { password: 'this-one' })
    })

    it('shows a missing field before anything is sent', async () => {
      const page = await built.open({ snapshot: full, clicks: ['Add account', 'SFTPGo'] })
      await fill(page, { Address: 'https://a.example', Password: 'kept-so-far' })
      await send(page)
      await page.getByText('"User name" is required.').waitFor()
      expect(await focused(page)).toBe('field-username')
      expect(await textIn(page, 'Password')).toBe('kept-so-far')
      expect(await callsOf(page)).toEqual([])
    })

    it.each([
      [{ Address: 'files' }, 'Enter a web address, such as https://files.example.com.'],
      [{ Address: 'ftp://files.example.com' }, 'Enter a web address'],
    ])('shows what is wrong with %j, and keeps the typed password', async (typed, said) => {
      const page = await built.open({ snapshot: full, clicks: ['Add account', 'SFTPGo'] })
      await fill(page, { 'User name': 'a', Password: 'kept-so-far', ...typed })
      await send(page)
      await page.getByText(said).waitFor()
      expect(await focused(page)).toBe('field-url')
      expect(await textIn(page, 'Password')).toBe('kept-so-far')
      expect(await callsOf(page)).toEqual([])
    })

    it('takes an address without a scheme for an https one, and shows it', async () => {
      const page = await built.open({ snapshot: full, clicks: ['Add account', 'SFTPGo'] })
      await fill(page, { Address: 'files.example.com', 'User name': 'a', Password: 'b' })
      expect(await textIn(page, 'Address')).toBe('https://files.example.com')
      // By Enter, so that the focus does not leave the field first.
      await page.getByLabel('Address').fill('other.example.com')
      await page.getByLabel('Address').press('Enter')
      const [request] = await lastCall(page, 'addAccount')
      expect(request).toHaveProperty('values.url', 'https://other.example.com')
    })

    it.each([
      ['User name', 4_096],
      ['Password', 8_192],
    ])(
      'shows what is too long before anything is sent, and keeps everything typed (%s)',
      async (label, longest) => {
        const page = await built.open({ snapshot: full, clicks: ['Add account', 'SFTPGo'] })
        const long = 'x'.repeat(longest + 1)
        await fill(page, { Address: 'https://a.example', 'User name': 'a', Password: 'b' })
        await fill(page, { [label]: long })
        await send(page)
        await page.getByText(`"${label}" is too long (at most ${longest} characters).`).waitFor()
        expect(await textIn(page, label)).toBe(long)
        expect(await callsOf(page)).toEqual([])
        await fill(page, { [label]: long.slice(1) })
        await send(page)
        await lastCall(page, 'addAccount')
      },
    )

    it('scrolls an error of the whole form into view', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { addAccount: [refusal('temporarily_unavailable', 'It cannot be reached.')] },
        clicks: ['Add account', 'SFTPGo', 'More options'],
      })
      await page.setViewportSize({ width: 380, height: 300 })
      await fill(page, { Address: 'https://a.example', 'User name': 'a', Password: 'b' })
      await send(page)
      const said = page.getByText('It cannot be reached.')
      await said.waitFor()
      const isSeen = async () => {
        const box = await said.boundingBox()
        return box !== null && box.y >= 0 && box.y + box.height <= 300
      }
      await expect.poll(isSeen).toBe(true)
    })

    it('shows an error at the field that it names, and focuses the field', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { addAccount: [refusal('invalid_request', '"Address": It has no host.', 'url')] },
        clicks: ['Add account', 'SFTPGo'],
      })
      await fill(page, { Address: 'https://a.example/x', 'User name': 'a', Password: 'b' })
      await send(page)
      await page.getByText('"Address": It has no host. Correct it.').waitFor()
      expect(await focused(page)).toBe('field-url')
      const input = page.getByLabel('Address')
      expect(await input.getAttribute('aria-invalid')).toBe('true')
      expect(await input.getAttribute('aria-describedby')).toContain('field-url-error')
      await input.fill('https://a.example')
      expect(await page.getByText('It has no host.').count()).toBe(0)
    })

    it('shows an error at its field even if its text mentions another', async () => {
      const message = 'Without https, anyone on the network can read your password for a.example.'
      const page = await built.open({
        snapshot: full,
        answers: { addAccount: [refusal('invalid_request', message, 'url')] },
        clicks: ['Add account', 'SFTPGo'],
      })
      await fill(page, { Address: 'http://a.example', 'User name': 'a', Password: 'b' })
      await send(page)
      await page.getByText(message).waitFor()
      await expect.poll(() => focused(page)).toBe('field-url')
    })

    it('shows an error without a field above the form, whatever its text mentions', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { addAccount: [refusal('invalid_request', 'The password is too old.')] },
        clicks: ['Add account', 'SFTPGo'],
      })
      await fill(page, { Address: 'https://a.example', 'User name': 'a', Password: 'b' })
      await send(page)
      await page.getByRole('alert').getByText('The password is too old.').waitFor()
      expect(await page.locator('[aria-invalid=true]').count()).toBe(0)
    })

    it('opens "More options" for an error in one of them', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { addAccount: [refusal('invalid_request', '"CA file" holds none.', 'caFile')] },
        clicks: ['Add account', 'Giant Swarm'],
      })
      await fill(page, { 'User name': 'a', Password: 'b' })
      await send(page)
      await page.getByText('"CA file" holds none.').waitFor()
      await page.waitForFunction(() => document.activeElement?.id === 'field-caFile', null, {
        polling: 20,
      })
    })

    it.each([
      ['"User name" looks like your password or key.', 'username', 'field-username'],
      ['"Name" looks like your password or key.', 'name', 'field-account-name'],
    ])('marks the field that the password was typed into: %s', async (message, name, field) => {
      const page = await built.open({
        snapshot: full,
        answers: { addAccount: [refusal('invalid_request', message, name)] },
        clicks: ['Add account', 'Giant Swarm', 'More options'],
      })
      await fill(page, { 'User name': 'typed', Password: 'typed' })
      await send(page)
      await page.getByText(message).waitFor()
      await expect.poll(() => focused(page)).toBe(field)
      expect(await page.locator(`#${field}`).getAttribute('aria-invalid')).toBe('true')
    })

    it('shows a taken name at the name field', async () => {
      const page = await built.open({
        snapshot: full,
        answers: {
          addAccount: [refusal('already_exists', 'That name is already in use.', 'name')],
        },
        clicks: ['Add account', 'Giant Swarm', 'More options'],
      })
      await fill(page, { 'User name': 'a', Password: 'b' })
      await page.getByLabel('Name (optional)', { exact: true }).fill('old')
      await send(page)
      expect(await lastCall(page, 'addAccount')).toMatchObject([{ name: 'old' }])
      await page.getByText('That name is already in use.').waitFor()
      expect(await focused(page)).toBe('field-account-name')
    })

    it('asks for the password and a code once the service may want one', async () => {
      const page = await built.open({
        snapshot: full,
        answers: {
          addAccount: [
            refusal('otp_required', 'Password or code?'),
            refusal('wrong_credentials', 'Wrong after all.'),
          ],
        },
        clicks: ['Add account', 'SFTPGo'],
      })
      expect(await page.getByLabel('One-time code').count()).toBe(0)
      await fill(page, { Address: 'https://a.example', 'User name': 'a', Password: 'first' })
      await send(page)
      await page.getByLabel('One-time code (optional)').waitFor()
      expect(await textIn(page, 'Password')).toBe('')
      expect(await focused(page)).toBe('field-password')
      expect((await callsOf(page)).at(-1)?.args).not.toHaveProperty('0.oneTimeCode')
      await fill(page, { Password: 'again' })
      await page.getByLabel('One-time code (optional)').fill(' 123456 ')
      await send(page)
      await page.getByText('Wrong after all.').waitFor()
      const [request] = (await callsOf(page)).at(-1)?.args ?? []
      expect(request).toMatchObject({ secrets: { password: 'again' }, oneTimeCode: '123456' })
      expect(await page.getByLabel('One-time code (optional)').inputValue()).toBe('')
    })

    it('keeps no secret for another account that took the name', async () => {
      const page = await built.open({ snapshot: full, clicks: ['giantswarm/old', 'Log in'] })
      await fill(page, { Password: markedSecret('password') })
      const accounts = full.accounts.map((each) =>
        each.id === 'giantswarm/old' ? { ...each, uid: 'another', label: 'somebody else' } : each,
      )
      await push(page, { ...full, accounts })
      await page.getByText('somebody else').waitFor()
      expect(await textIn(page, 'Password')).toBe('')
    })

    it('keeps no secret after sending it, whatever the result', async () => {
      const password = markedSecret('password')
      const page = await built.open({
        snapshot: full,
        answers: { addAccount: ['hold'] },
        clicks: ['Add account', 'Glowmarkt'],
      })
      await fill(page, { 'User name': 'bob', Password: password })
      await send(page)
      await lastCall(page, 'addAccount')
      expect(await textIn(page, 'Password')).toBe('')
      await page.evaluate(() => window.fixture.calls.splice(0))
      expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain(password)
      expect(
        await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage })),
      ).toBe('{}')
      await page.getByRole('button', { name: 'Logging in…', disabled: true }).waitFor()
      await release(page, 'addAccount', refusal('temporarily_unavailable', 'It is down.'))
      await page.getByText('It is down.').waitFor()
      expect(await textIn(page, 'User name')).toBe('bob')
      expect(await focused(page)).toBe('field-password')
    })

    it('keeps typed text while snapshots arrive', async () => {
      const page = await built.open({ snapshot: full, clicks: ['Add account', 'Glowmarkt'] })
      await fill(page, { 'User name': 'bob', Password: 'half-typed' })
      await push(page, { ...full, leases: [] })
      expect(await textIn(page, 'Password')).toBe('half-typed')
      expect(await focused(page)).toBe('field-password')
    })

    it('shows a typed secret only on request', async () => {
      const page = await built.open({ snapshot: full, clicks: ['Add account', 'Glowmarkt'] })
      const input = page.getByLabel('Password', { exact: true })
      expect(await input.getAttribute('type')).toBe('password')
      await page.getByRole('button', { name: 'Show text' }).click()
      expect(await input.getAttribute('type')).toBe('text')
    })

    it('takes a file from the native dialog', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { chooseFile: [{ value: { path: '/etc/ca.pem' } }, { value: { path: null } }] },
        clicks: ['Add account', 'Glowmarkt', 'More options'],
      })
      const button = page.getByRole('button', { name: 'Choose… CA file' })
      await button.click()
      const input = page.getByLabel('CA file (optional)')
      await expect.poll(() => input.inputValue()).toBe('/etc/ca.pem')
      await button.click()
      expect(await input.inputValue()).toBe('/etc/ca.pem')
    })
  })

  describe('with the key of another account', () => {
    it('asks for no key, and sends only what was entered', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { addAccount: [{ value: { account: 'svix/second' } }] },
        clicks: ['Add account', 'Svix'],
      })
      expect(await page.getByLabel('API key').count()).toBe(0)
      await fill(page, { Application: 'app_2' })
      await send(page)
      expect(await lastCall(page, 'addAccount')).toEqual([
        { provider: 'svix', values: { application: 'app_2' }, secrets: {}, copyFrom: 'svix/first' },
      ])
    })

    it('asks for a key if the user wants another one', async () => {
      const page = await built.open({ snapshot: full, clicks: ['Add account', 'Svix'] })
      await page.getByLabel('Key', { exact: true }).selectOption('Enter another key')
      await fill(page, { 'API key': 'another', Application: 'app_2' })
      await send(page)
      const [request] = await lastCall(page, 'addAccount')
      expect(request).toMatchObject({ secrets: { key: 'another' } })
      expect(request).not.toHaveProperty('like')
    })

    it('is not offered without such an account that is logged in', async () => {
      const accounts = full.accounts.filter(({ provider }) => provider !== 'svix')
      const page = await built.open({
        snapshot: { ...full, accounts },
        clicks: ['Add account', 'Svix'],
      })
      await page.getByLabel('API key').waitFor()
      expect(await page.getByLabel('Key', { exact: true }).count()).toBe(0)
    })
  })

  describe('again', () => {
    it('asks only for the code if only that is missing, and says why', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { login: [{ value: { account: 'sftpgo/admin' } }] },
        clicks: ['Log in to sftpgo/admin'],
      })
      await page.getByText('The session has ended, and a new one needs a one-time code.').waitFor()
      expect(await page.locator('form input').count()).toBe(1)
      expect(await focused(page)).toBe('field-code')
      await page.getByLabel('One-time code', { exact: true }).fill('654321')
      await send(page)
      expect(await lastCall(page, 'login')).toEqual([
        'sftpgo/admin',
        { values: {}, secrets: {}, oneTimeCode: '654321' },
      ])
      await page.getByText('Logged in to sftpgo/admin.').waitFor()
    })

    it('shows a missing code at its field', async () => {
      const page = await built.open({ snapshot: full, clicks: ['Log in to sftpgo/admin'] })
      await send(page)
      await page.getByText('"One-time code" is required.').waitFor()
      expect(await callsOf(page)).not.toMatchObject([{ channel: 'login' }])
    })

    it.each([
      refusal('wrong_credentials', 'It did not accept the login.'),
      refusal('invalid_request', '"Password" is required.', 'password'),
    ])('asks for the password as well once the code alone is refused: %j', async (refused) => {
      const page = await built.open({
        snapshot: full,
        answers: { login: [refused, { value: { account: 'sftpgo/admin' } }] },
        clicks: ['Log in to sftpgo/admin'],
      })
      await page.getByLabel('One-time code', { exact: true }).fill('111111')
      await send(page)
      await page.getByLabel('Password', { exact: true }).waitFor()
      await expect.poll(() => focused(page)).toBe('field-password')
      await fill(page, { Password: 'again', 'One-time code': '222222' })
      await send(page)
      await page.getByText('Logged in to sftpgo/admin.').waitFor()
      const [, request] = (await callsOf(page)).at(-1)?.args ?? []
      expect(request).toMatchObject({ secrets: { password: 'again' }, oneTimeCode: '222222' })
    })

    it('starts with the stored values if the user wants to enter another password', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { login: [{ value: { account: 'sftpgo/admin' } }] },
        clicks: ['Log in to sftpgo/admin', 'Use another password'],
      })
      expect(await textIn(page, 'Address')).toBe('https://files.example.com')
      await expect.poll(() => focused(page)).toBe('field-password')
      await fill(page, { Password: 'again', 'One-time code': '654321' })
      await send(page)
      expect(await lastCall(page, 'login')).toEqual([
        'sftpgo/admin',
        {
          values: {
            url: 'https://files.example.com',
            role: 'admin',
            leaseBy: 'login',
            username: 'root',
            allowPlainHttp: 'no',
          },
          secrets: { password: 'again' },
          oneTimeCode: '654321',
        },
      ])
      await page.getByText('Logged in to sftpgo/admin.').waitFor()
    })

    it('sends a stored value that was emptied as empty', async () => {
      const accounts = full.accounts.map((each) =>
        each.id === 'giantswarm/old'
          ? { ...each, values: { ...each.values, caFile: '/old.pem' } }
          : each,
      )
      const page = await built.open({
        snapshot: { ...full, accounts },
        clicks: ['Log in to giantswarm/old', 'More options'],
      })
      await page.getByLabel('CA file (optional)').fill('')
      await fill(page, { Password: 'again' })
      await send(page)
      expect(await lastCall(page, 'login')).toMatchObject([
        'giantswarm/old',
        { values: { caFile: '' } },
      ])
    })
  })
})
