import type { NativeImage } from 'electron'
import { beforeEach, describe, expect, it } from 'vitest'
import type { MenuAction } from '../../../main/desktop/tray/menu-lines.ts'
import { TrayIcon } from '../../../main/desktop/tray/tray.ts'
import { toToolTip, toTrayState } from '../../../main/desktop/tray/tray-state.ts'
import type { LingeringView } from '../../../preload/snapshot.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { click, FakeTray, nativeTray } from '../fake-electron.ts'
import { makeAccount, makeLease, makeSnapshot } from '../samples.ts'

const image = (name: string) => name as unknown as NativeImage
const icons = {
  ...{ fine: image('fine'), attention: image('attention') },
  ...{ locked: image('locked'), copied: image('copied') },
}
const waiting = makeAccount('koyeb/work', { state: 'login_required' })

const portTaken = { port: 4711, message: 'Port 4711 is in use.', hint: 'Stop that program.' }

const session = { id: 's1', account: 'koyeb/work', mayBeOut: true, revocable: true }
const left: LingeringView = {
  ...{ id: 't1', uid: 'u1', account: 'koyeb/work', use: 'lease', madeAt: 0 },
  ...{ atService: 'until_expiry', why: 'Koyeb cannot revoke it.' },
}
const brief = 'Left alone until about 15:31: files.example.com'
const silentHost = { host: 'files.example.com', until: 0, message: 'It is banned.', brief }
const banned = ['sftpgo/one', 'sftpgo/two'].map((id) => makeAccount(id, { silentHost }))

describe('the state', () => {
  it.each([
    ['fine', {}],
    ['fine', { phase: 'starting' }],
    ['attention', { accounts: [waiting] }],
    ['attention', { phase: 'blocked' }],
    ['attention', { status: { vault: 'vault_locked' } }],
    ['attention', { status: { portTaken } }],
    ['attention', { status: { unshown: true } }],
    ['attention', { accounts: banned }],
    ['locked', { status: { locked: true } }],
    ['locked', { accounts: [waiting], status: { locked: true } }],
    ['fine', { accounts: [makeAccount('koyeb/work', { state: 'signed_out' })] }],
  ] as const)('is %s', (state, change) => {
    expect(toTrayState(makeSnapshot(change))).toBe(state)
  })

  it.each([
    ['Tokentray: no active tokens', {}],
    ['Tokentray: 1 active token', { leases: [makeLease('l1')] }],
    ['Tokentray: 1 active token', { sessions: [session] }],
    ['Tokentray: 1 active token, 1 not revoked', { sessions: [session], lingering: [left] }],
    ['Tokentray: 1 account needs you to log in', { accounts: [waiting] }],
    ['Tokentray: locked', { status: { locked: true } }],
    ['Tokentray: the keychain cannot be used', { status: { vault: 'vault_unavailable' } }],
    ['Tokentray: another program uses port 4711', { status: { portTaken } }],
    ['Tokentray: open it to read a message', { status: { unshown: true } }],
    [
      'Tokentray: a token of koyeb/work is in the clipboard',
      { copied: { account: 'koyeb/work', form: 'token', clearsAt: 1 } },
    ],
    [
      'Tokentray: a link of svix/first is in the clipboard',
      { copied: { account: 'svix/first', form: 'link', clearsAt: 1 } },
    ],
    [`Tokentray: ${brief}`, { accounts: banned }],
    ['Tokentray: another Tokentray is running', { phase: 'blocked' }],
    ['Tokentray: starting', { phase: 'starting' }],
  ] as const)('is said: %s', (text, change) => {
    expect(toToolTip(makeSnapshot(change))).toBe(text)
  })
})

describe('the icon', () => {
  let acted: MenuAction[]
  let toggled: number
  let clock: FakeClock

  beforeEach(() => {
    acted = []
    toggled = 0
    clock = new FakeClock(0)
    FakeTray.made = []
  })

  const make = (platform: NodeJS.Platform, copiesInWindow = false) => {
    const icon = new TrayIcon({
      ...{ native: nativeTray, icons, platform, clock, copiesInWindow },
      act: (action) => acted.push(action),
      toggle: () => {
        toggled += 1
      },
    })
    icon.renew({ isUnseen: false })
    const [tray] = FakeTray.made
    if (!tray) throw new Error('No tray was made.')
    return { icon, tray }
  }

  it('changes with the state', () => {
    const { icon, tray } = make('linux')
    expect(tray.image).toBe('fine')
    icon.show(makeSnapshot({ status: { locked: true } }))
    expect([tray.image, tray.toolTip]).toEqual(['locked', 'Tokentray: locked'])
  })

  it('runs the actions of its menu', () => {
    const { icon, tray } = make('linux')
    icon.show(makeSnapshot({ accounts: [makeAccount('koyeb/work')] }))
    click(tray.menu, 'copy-header:koyeb/work')
    click(tray.menu, 'settings')
    expect(acted).toEqual([
      {
        do: 'copy',
        uid: 'koyeb/work',
        account: 'koyeb/work',
        called: 'koyeb/work',
        form: 'header',
      },
      { do: 'open', place: { at: 'settings' } },
    ])
    expect(() => click(tray.menu, 'end-all')).toThrow('cannot be clicked')
  })

  it('sets its menu and its tooltip again after each change of it on Linux, and only then', async () => {
    const { icon, tray } = make('linux')
    const accounts = [makeAccount('koyeb/work', { sessionEndsAt: 600_000 })]
    const sets = () => [tray.menusSet, tray.toolTipsSet]
    icon.show(makeSnapshot({ revision: 1, accounts }))
    const [menus = 0, toolTips = 0] = sets()
    await clock.advance(60_000)
    icon.show(makeSnapshot({ revision: 2, accounts }))
    expect(sets()).toEqual([menus, toolTips])
    icon.show(makeSnapshot({ revision: 3 }))
    expect(sets()).toEqual([menus + 1, toolTips])
    // A new tooltip alone rebuilds the menu as well.
    const copied = { account: 'koyeb/work', form: 'token', clearsAt: 1 } as const
    icon.show(makeSnapshot({ revision: 4, copied }))
    expect(sets()).toEqual([menus + 1, toolTips + 1])
  })

  describe('while the user is in its menu', () => {
    const accounts = [makeAccount('koyeb/work')]
    const changed = () => makeSnapshot({ accounts, leases: [makeLease('l1')] })

    const openMenu = () => {
      const { icon, tray } = make('linux')
      icon.show(makeSnapshot({ accounts }))
      const { menu } = tray
      menu?.openSubmenu('account:koyeb/work')
      return { icon, tray, menu }
    }

    it('keeps that menu and the tooltip, and changes its image', () => {
      const { icon, tray, menu } = openMenu()
      icon.show(makeSnapshot({ accounts, status: { locked: true } }))
      expect([tray.menu === menu, tray.toolTip]).toEqual([true, 'Tokentray: no active tokens'])
      expect(tray.image).toBe('locked')
    })

    it('changes them once something in it was clicked, in a later turn', async () => {
      const { icon, tray, menu } = openMenu()
      icon.show(makeSnapshot({ accounts, status: { locked: true } }))
      icon.show(changed())
      click(tray.menu, 'copy-token:koyeb/work')
      // The system is still in the menu that reported the click.
      expect(tray.menu).toBe(menu)
      await clock.advance(0)
      expect(tray.menu).not.toBe(menu)
      expect(tray.toolTip).toBe('Tokentray: 1 active token')
      expect(acted).toMatchObject([{ do: 'copy' }])
    })

    it('changes them ten seconds after the last submenu opened, because nothing reports the end', async () => {
      const { icon, tray, menu } = openMenu()
      icon.show(changed())
      await clock.advance(9_000)
      menu?.openSubmenu('account:koyeb/work')
      await clock.advance(9_999)
      expect(tray.menu).toBe(menu)
      await clock.advance(1)
      expect(tray.menu).not.toBe(menu)
    })

    it('rebuilds nothing if all is as it was when the menu was opened', async () => {
      const { icon, tray, menu } = openMenu()
      icon.show(changed())
      icon.show(makeSnapshot({ accounts }))
      await clock.advance(10_000)
      expect(tray.menu).toBe(menu)
    })

    it('shows all at once in a new panel, which has no open menu', () => {
      const { icon } = openMenu()
      icon.show(changed())
      icon.renew({ isUnseen: false })
      expect(FakeTray.made[1]?.toolTip).toBe('Tokentray: 1 active token')
    })
  })

  describe('after a copy', () => {
    const copied = (clearsAt: number, account = 'koyeb/work') =>
      makeSnapshot({ copied: { account, form: 'token', clearsAt } })

    it('shows a check mark for two seconds, and then its state again', async () => {
      const { icon, tray } = make('linux')
      icon.show(makeSnapshot())
      icon.show(copied(30_000))
      expect(tray.image).toBe('copied')
      await clock.advance(1_999)
      icon.show(copied(30_000))
      expect(tray.image).toBe('copied')
      await clock.advance(1)
      expect(tray.image).toBe('fine')
      icon.show(copied(30_000))
      expect(tray.image).toBe('fine')
    })

    it('shows it again for each copy, also of the same token', async () => {
      const { icon, tray } = make('linux')
      icon.show(copied(30_000))
      await clock.advance(1_500)
      icon.show(copied(31_500))
      await clock.advance(1_999)
      expect(tray.image).toBe('copied')
      await clock.advance(1)
      expect(tray.image).toBe('fine')
    })

    it('shows it no longer than the text is in the clipboard', () => {
      const { icon, tray } = make('linux')
      icon.show(copied(30_000))
      icon.show(makeSnapshot({ status: { locked: true } }))
      expect(tray.image).toBe('locked')
    })

    it('shows afterwards the state that it has then', async () => {
      const { icon, tray } = make('linux')
      icon.show(copied(30_000))
      icon.show(makeSnapshot({ ...copied(30_000), accounts: [waiting] }))
      expect(tray.image).toBe('copied')
      await clock.advance(2_000)
      expect(tray.image).toBe('attention')
    })
  })

  it.each(['darwin', 'win32'] as const)('opens its menu on a right click: %s', (platform) => {
    const { icon, tray } = make(platform)
    icon.show(makeSnapshot())
    expect(tray.menusSet).toBe(0)
    tray.emit('right-click')
    click(tray.popped[0] ?? null, 'quit')
    expect(acted).toEqual([{ do: 'quit' }])
  })

  it('opens the window on a click', () => {
    make('darwin').tray.emit('click')
    expect(toggled).toBe(1)
  })

  it('is created again, in its current state, for a panel that appears later', () => {
    const { icon, tray } = make('linux')
    icon.show(makeSnapshot({ status: { locked: true } }))
    icon.renew({ isUnseen: true })
    expect([tray.isGone, icon.isUnseen]).toEqual([true, true])
    const again = FakeTray.made[1]
    expect([again?.image, again?.toolTip]).toEqual(['locked', 'Tokentray: locked'])
    click(again?.menu ?? null, 'quit')
    again?.emit('click')
    expect([acted, toggled]).toEqual([[{ do: 'quit' }], 1])
    icon.renew({ isUnseen: false })
    expect(icon.isUnseen).toBe(false)
  })

  it('waits for a tray, and then shows the current state', () => {
    const icon = new TrayIcon({
      ...{ native: nativeTray, icons, platform: 'linux', clock },
      copiesInWindow: false,
      ...{ act: () => undefined, toggle: () => undefined },
    })
    icon.show(makeSnapshot({ status: { locked: true } }))
    expect([FakeTray.made.length, icon.bounds.width]).toEqual([0, 0])
    icon.renew({ isUnseen: false })
    expect(FakeTray.made[0]?.toolTip).toBe('Tokentray: locked')
  })

  it('opens no menu before it knows what to show', () => {
    const { tray } = make('win32')
    tray.emit('right-click')
    expect(tray.popped).toEqual([])
  })

  it('shows nothing once it was removed', () => {
    const { icon, tray } = make('linux')
    icon.remove()
    icon.show(makeSnapshot({ status: { locked: true } }))
    expect([tray.isGone, tray.image]).toEqual([true, 'fine'])
  })
})
