import type { Locator, Page } from 'playwright-core'
import { providers } from '../../main/providers/index.ts'
import type { FilledForm } from '../simulators/five-services.ts'
import { type Desktop, onWayland } from './desktop-app.ts'
import { eventually } from './waiting.ts'

/** What a person does in the popover, by the names that a screen reader gives to things. */

/** Presses a button. */
export async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name, ...(typeof name === 'string' && { exact: true }) }).click()
}

/** Waits for a heading: the screen, or the state of the whole app, of that name is shown. */
export async function seeScreen(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { name, exact: true }).waitFor()
}

/** Waits for a text anywhere on the page. */
export async function see(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor()
}

/** Goes to a screen by the bar at the top. */
export async function goTo(page: Page, tab: 'Accounts' | 'Leases' | 'Activity' | 'Settings') {
  const bar = page.getByRole('navigation', { name: 'Tokentray' })
  await bar.getByRole('button', { name: new RegExp(`^${tab}`) }).click()
}

/** From the list of accounts to the empty login form of a service. */
export async function chooseProvider(page: Page, provider: string): Promise<void> {
  const { title } = toProvider(provider)
  await press(page, 'Add account')
  await page.getByRole('button', { name: title, exact: true }).click()
  await seeScreen(page, `Add ${title}`)
}

/** Types into a login form, in place of what stands there. */
export async function fillIn(
  page: Page,
  provider: string,
  entries: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, value] of Object.entries(entries)) {
    const field = toProvider(provider).fields.find((each) => each.name === name)
    if (!field) throw new Error(`${provider} has no field ${name}.`)
    const input = inputOf(page, field.label)
    if (!(await input.isVisible())) await page.getByText('More options', { exact: true }).click()
    if (field.kind === 'choice') await input.selectOption(value)
    else {
      await input.fill('')
      await input.pressSequentially(value)
    }
  }
}

/** The input under a label. */
export function inputOf(page: Page, label: string): Locator {
  return page.getByLabel(new RegExp(`^${label}( \\(optional\\))?$`))
}

/** Adds an account by typing; resolves to its id once it is in the list. */
export async function addAccount(page: Page, form: FilledForm, name = 'demo'): Promise<string> {
  const id = `${form.provider}/${name}`
  await chooseProvider(page, form.provider)
  await fillIn(page, form.provider, form.values)
  const secrets = Object.entries(form.secrets)
  await fillIn(page, form.provider, Object.fromEntries(secrets))
  const named = inputOf(page, 'Name')
  if (!(await named.isVisible())) await page.getByText('More options', { exact: true }).click()
  await named.pressSequentially(name)
  await press(page, 'Log in')
  await rowOf(page, id).waitFor()
  return id
}

/** An account in the list. */
export function rowOf(page: Page, account: string): Locator {
  return page
    .getByRole('listitem')
    .filter({ has: page.getByRole('button', { name: account, exact: true }) })
}

/** Chooses from the menu behind an account's button. */
export async function chooseFromMenu(page: Page, account: string, item: string): Promise<void> {
  await press(page, `More for ${account}`)
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

/** Answers the question that is open. */
export async function answer(page: Page, deed: string): Promise<void> {
  await page.getByRole('alertdialog').getByRole('button', { name: deed, exact: true }).click()
}

function toProvider(id: string) {
  const provider = providers.find((each) => each.id === id)
  if (!provider) throw new Error(`There is no provider ${id}.`)
  return provider
}

/** What the lines of the panel's menu for copying are called on the screen of an account. */
const COPIES = {
  'Copy token': 'Copy token',
  'Copy as header': 'As header',
  'Copy as curl': 'As curl',
}

/** Copies by the menu of the panel; on Wayland that leads to the window, where Enter does it. */
export async function copyByPanel(
  { panel }: Desktop,
  page: Page,
  account: string,
  line: keyof typeof COPIES,
): Promise<void> {
  await panel.click(account, line)
  if (!onWayland) return
  const button = page.getByRole('button', { name: COPIES[line], exact: true })
  await eventually(() => button.evaluate((it) => it === document.activeElement)).toBe(true)
  await page.keyboard.press('Enter')
}
