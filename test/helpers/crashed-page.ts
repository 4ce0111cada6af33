import { chromium, type Page } from 'playwright-core'

/**
 * The page of a scheme, over its own connection to a running Chromium: a connection that saw the page
 * crash cannot use it any more, even after a reload.
 */
export async function openAnew(devtools: string, scheme: string): Promise<Page> {
  const browser = await chromium.connectOverCDP(devtools, { noDefaults: true })
  const pages = browser.contexts().flatMap((context) => context.pages())
  const page = pages.filter((each) => each.url().startsWith(scheme)).at(-1)
  if (!page) throw new Error(`There is no page of ${scheme} at ${devtools}.`)
  return page
}
