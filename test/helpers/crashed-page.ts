import { chromium, type Page } from 'playwright-core'

/**
 * The page of a scheme, over a connection of its own to a running Chromium: one that crashed is of no more
 * use to the connection that saw it, also after it was loaded again.
 */
export async function openAnew(devtools: string, scheme: string): Promise<Page> {
  const browser = await chromium.connectOverCDP(devtools)
  const pages = browser.contexts().flatMap((context) => context.pages())
  const page = pages.filter((each) => each.url().startsWith(scheme)).at(-1)
  if (!page) throw new Error(`There is no page of ${scheme} at ${devtools}.`)
  return page
}
