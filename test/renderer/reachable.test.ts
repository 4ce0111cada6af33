import type { BrowserContextOptions } from 'playwright-core'
import { expect, it } from 'vitest'
import { SCREENS, STATES } from '../../renderer/state/places.ts'
import { describeWith } from '../helpers/needs.ts'
import { chromium } from '../loopback/http/components.ts'
import { installControls } from './controls-in-page.ts'
import { scenes } from './fixture-bridge/scenes.ts'
import { type Hand, keys } from './hands.ts'
import { KINDS } from './kinds.ts'
import { walkOver } from './walk.ts'
import { withPage } from './with-page.ts'

/** A scene on each screen, in each state and in each layer; a new screen needs one. */
const SCENE_ON: Readonly<Record<string, string>> = {
  accounts: 'accounts',
  leases: 'leases',
  tools: 'tools',
  tool: 'tool-fresh',
  'add-tool': 'add-tool',
  activity: 'activity-more',
  settings: 'settings',
  add: 'add-sftpgo-more',
  account: 'account-svix',
  login: 'log-in-again',
  tokens: 'tokens',
  portal: 'portal',
  licenses: 'licenses',
  starting: 'starting',
  stopping: 'stopping',
  blocked: 'blocked-agent',
  locked: 'locked',
  menu: 'accounts-menu',
  alertdialog: 'revoke-all-tokens-typing',
  unreachable: 'unreachable',
}

describeWith([chromium], 'by keyboard alone', () => {
  const built = withPage()
  const openBy = (hand: Hand, name: string | undefined, options: BrowserContextOptions = {}) => {
    const scene = scenes.find((each) => each.name === name)
    if (!scene) throw new Error(`There is no scene ${name}.`)
    return built.open(scene, options, hand)
  }

  it.each([...SCREENS, ...STATES, 'menu', 'alertdialog', 'unreachable'])(
    'a user reaches: %s',
    async (place) => {
      const page = await openBy(keys, SCENE_ON[place])
      await page.evaluate(installControls)
      await expect.poll(() => page.evaluate(() => window.controls.where())).toBe(place)
    },
  )

  const expectAllReached = async (name: string, options: BrowserContextOptions = {}) => {
    const { controls, ...faults } = await walkOver(await openBy(keys, name, options))
    const kinds = controls.map(({ kind }) => kind)
    const isKnown = (kind: string) => KINDS.some((each) => each.kind === kind)
    // A body that has only text is scrolled, and does nothing else.
    expect(kinds.filter((kind) => kind !== 'main' && !isKnown(kind))).toEqual([])
    expect(faults).toEqual({ missed: [], unmarked: [], unseen: [], strays: [], outOfOrder: [] })
  }

  it.each(scenes.filter(({ isLarge }) => !isLarge).map(({ name }) => name))(
    'every control is reached in order, forwards and backwards, with a visible focus: %s',
    (name) => expectAllReached(name),
  )

  it.each([...new Set(KINDS.map(({ scene }) => scene))])(
    'the focus is also visible in the dark scheme: %s',
    (name) => expectAllReached(name, { colorScheme: 'dark' }),
  )
})
