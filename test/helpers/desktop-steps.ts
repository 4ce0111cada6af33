import type { Locator, Page } from 'playwright-core'
import { providers } from '../../main/providers/index.ts'
import type { FilledForm } from '../simulators/five-services.ts'
import { type Desktop, onWayland } from './desktop-app.ts'
import { eventually } from './waiting.ts'

/** What a user does in the popover, by the accessible names of its elements. */

/** Presses a button. */
export async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name, ...(typeof name === 'string' && { exact: true }) }).click()
}

/** Waits for a heading, which names the screen or the state of the whole app. */
export async function seeScreen(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { name, exact: true }).waitFor()
}

/** Waits for a text anywhere on the page. */
export async function see(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor()
}

/** Goes to a screen through the bar at the top. */
export async function goTo(
  page: Page,
  tab: 'Accounts' | 'Tokens' | 'Tools' | 'Activity' | 'Settings',
) {
  const bar = page.getByRole('navigation', { name: 'Tokentray' })
  await bar.getByRole('button', { name: new RegExp(`^${tab}`) }).click()
}

/** Goes from the list of accounts to the empty login form of a service. */
export async function chooseProvider(page: Page, provider: string): Promise<void> {
  const { title } = toProvider(provider)
  await press(page, 'Add account')
  await page.getByRole('button', { name: title, exact: true }).click()
  await seeScreen(page, `Add ${title}`)
}

/** Fills in a login form, replacing its values. */
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

/** Adds an account by typing; resolves to its id once it is listed. */
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

/** Chooses from the menu of an account's button. */
export async function chooseFromMenu(page: Page, account: string, item: string): Promise<void> {
  await press(page, `More for ${account}`)
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

/** Answers the open question. */
export async function answer(page: Page, action: string): Promise<void> {
  await page.getByRole('alertdialog').getByRole('button', { name: action, exact: true }).click()
}

function toProvider(id: string) {
  const provider = providers.find((each) => each.id === id)
  if (!provider) throw new Error(`There is no provider ${id}.`)
  return provider
}

/** The labels, on an account's screen, of the copy items in the tray menu. */
const COPIES = {
  'Copy token': 'Copy token',
  'Copy as header': 'As header',
  'Copy as curl': 'As curl',
}

/** Copies through the tray menu; on Wayland that opens the window, where Enter copies. */
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
