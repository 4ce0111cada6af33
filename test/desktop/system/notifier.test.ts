import { EventEmitter } from 'node:events'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Log } from '../../../main/base/log.ts'
import { createShow, type Note, Notifier } from '../../../main/desktop/system/notifier.ts'
import { idle } from '../../helpers/make-broker.ts'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

describe('notifications', () => {
  let shown: Note[]
  let takenBack: string[]
  let opened: number
  let unshown: Pick<Note, 'title' | 'body'>[]
  let watched: boolean
  let supported: boolean
  let notifier: Notifier
  let wanted: ReturnType<NonNullable<ConstructorParameters<typeof Notifier>[0]['wants']>>

  beforeEach(() => {
    shown = []
    takenBack = []
    opened = 0
    unshown = []
    watched = false
    supported = true
    wanted = { notifyCopied: true, notifyLoginRequired: true, notifyServiceLimits: true }
    notifier = new Notifier({
      show: (note) => {
        if (supported) shown.push(note)
        const takeBack = () => takenBack.push(note.title)
        return { takeBack, isShown: Promise.resolve(supported) }
      },
      openPopover: () => {
        opened += 1
      },
      unshown: (words) => unshown.push(words),
      isWatched: () => watched,
      wants: () => wanted,
    })
  })

  const titles = () => shown.map(({ title }) => title)

  it.each([
    ['notifyCopied', 'Token of koyeb/work copied'],
    ['notifyLoginRequired', 'Log in to koyeb/work again'],
    ['notifyServiceLimits', 'koyeb.com is limiting requests.'],
  ] as const)('are left out if the user does not want them: %s', (name, title) => {
    const sayAll = () => {
      notifier.copied('koyeb/work', 'token', { endsAt: 900_000, clearsAt: 30_000 }, 0)
      notifier.loginRequired('koyeb/work', null)
      notifier.hostSilent('koyeb.com is limiting requests.')
    }
    wanted = { ...wanted, [name]: false }
    sayAll()
    expect(titles()).toHaveLength(2)
    expect(titles()).not.toContain(title)
    // Once they are wanted again, they come.
    wanted = { ...wanted, [name]: true }
    sayAll()
    expect(titles()).toContain(title)
  })

  it('are shown whatever the user wants if nothing else shows the same', () => {
    wanted = { notifyCopied: false, notifyLoginRequired: false, notifyServiceLimits: false }
    notifier.clearingFailed()
    notifier.outcome('Done', [])
    notifier.stillRunning()
    expect(titles()).toHaveLength(3)
  })

  it('say each time that a service asked for no requests', () => {
    const message =
      'files.example.com has blocked this computer. Tokentray leaves it alone until about 15:31.'
    notifier.hostSilent(message)
    notifier.hostSilent(message)
    watched = true
    notifier.hostSilent(message)
    expect(titles()).toEqual([message, message])
  })

  it('say once that Tokentray is still running if its window was closed and there is no icon', () => {
    notifier.stillRunning()
    notifier.stillRunning()
    expect(shown).toMatchObject([
      {
        title: 'Tokentray is still running',
        body: 'This desktop does not show tray icons. Start Tokentray again to open its window.',
      },
    ])
  })

  it('say until when a copied token is valid and when it is cleared, until it is', () => {
    const now = new Date(2026, 0, 5, 15, 16).getTime()
    const copied = { endsAt: now + 900_000, clearsAt: now + 30_000 }
    // The window is open as well, but the copy was not made there.
    watched = true
    notifier.copied('koyeb/work', 'token', copied, now)
    expect(shown).toMatchObject([
      {
        title: 'Token of koyeb/work copied',
        body: 'Valid until 15:31. The clipboard is cleared in 30 s, or as soon as the token is no longer valid.',
      },
    ])
    expect(takenBack).toEqual([])
    notifier.copied('koyeb/work', 'curl', copied, now)
    expect(takenBack).toEqual(['Token of koyeb/work copied'])
    notifier.cleared()
    notifier.cleared()
    expect(takenBack.slice(1)).toEqual(['curl command of koyeb/work copied'])
  })

  it('report the result of a menu action, even while the window is in front', () => {
    watched = true
    notifier.outcome('Logged out of koyeb/work', ['2 tokens of deploy were revoked.', 'And more.'])
    expect(shown).toMatchObject([
      { title: 'Logged out of koyeb/work', body: '2 tokens of deploy were revoked.\nAnd more.' },
    ])
  })

  it('say once for each account that it needs a login, until the user has logged in', () => {
    for (const account of ['koyeb/work', 'koyeb/work', 'svix/prod'])
      notifier.loginRequired(account, null)
    expect(titles()).toEqual(['Log in to koyeb/work again', 'Log in to svix/prod again'])
    notifier.resolved('koyeb/work')
    notifier.loginRequired('svix/prod', null)
    notifier.loginRequired('koyeb/work', null)
    expect(titles().slice(2)).toEqual(['Log in to koyeb/work again'])
  })

  it('say why, if that is known', () => {
    notifier.loginRequired('koyeb/work', { sentence: 'Koyeb refused the API token.' })
    notifier.loginRequired('svix/prod', null)
    const rest = 'Tools get no tokens for it until you log in.'
    expect(shown.map(({ body }) => body)).toEqual([
      `Koyeb refused the API token. ${rest}`,
      `The saved password no longer works. ${rest}`,
    ])
  })

  it('are removed when there is nothing left to do', () => {
    notifier.loginRequired('koyeb/work', null)
    notifier.loginRequired('svix/prod', null)
    notifier.resolved('koyeb/work')
    notifier.resolved('koyeb/work')
    expect(takenBack).toEqual(['Log in to koyeb/work again'])
  })

  it('say each time that a copied token could not be cleared', () => {
    notifier.clearingFailed()
    notifier.clearingFailed()
    expect(titles()).toEqual(['The clipboard was not cleared', 'The clipboard was not cleared'])
  })

  it('open the popover when they are clicked', () => {
    notifier.loginRequired('koyeb/work', null)
    shown[0]?.click()
    expect(opened).toBe(1)
  })

  it('are not shown for what the window in front shows, then or later', () => {
    watched = true
    notifier.loginRequired('koyeb/work', null)
    watched = false
    notifier.loginRequired('koyeb/work', null)
    expect(shown).toEqual([])
  })

  it('say that a token is left in the clipboard even while the window is in front', () => {
    watched = true
    notifier.clearingFailed()
    expect(shown.map(({ title }) => title)).toEqual(['The clipboard was not cleared'])
  })

  it('are passed on if the system shows none and nothing else shows the same', async () => {
    supported = false
    notifier.loginRequired('koyeb/work', null)
    notifier.copied('koyeb/work', 'token', { endsAt: 0, clearsAt: 0 }, 0)
    notifier.hostSilent('files.example.com has blocked this computer.')
    notifier.clearingFailed()
    notifier.outcome('Logged out of koyeb/work', ['2 tokens were revoked.'])
    await idle()
    expect(unshown).toEqual([
      {
        title: 'The clipboard was not cleared',
        body: 'It still holds what you copied. Copy something else to replace it.',
      },
      { title: 'Logged out of koyeb/work', body: '2 tokens were revoked.' },
    ])
    supported = true
    notifier.clearingFailed()
    await idle()
    expect(unshown).toHaveLength(2)
  })
})

describe('notifications on Electron', () => {
  class Native extends EventEmitter {
    static supported = true
    static made: Native[] = []
    static isSupported = () => Native.supported
    readonly options: unknown
    readonly calls: string[] = []

    constructor(options: unknown) {
      super()
      this.options = options
      Native.made.push(this)
    }

    show = () => this.calls.push('show')
    close = () => this.calls.push('close')
  }

  const words = { title: 'Log in to koyeb/work again', body: 'Until then, nothing.' }

  beforeEach(() => {
    Native.supported = true
    Native.made = []
  })

  it('are shown with their text, report a click and can be removed', () => {
    let clicks = 0
    const { takeBack } = createShow(Native, silent)({ ...words, click: () => (clicks += 1) })
    const [native] = Native.made
    expect(native?.options).toEqual(words)
    native?.emit('click')
    takeBack()
    expect(clicks).toBe(1)
    expect(native?.calls).toEqual(['show', 'close'])
  })

  const show = (log: Log = silent) => createShow(Native, log)({ ...words, click: () => undefined })

  it('report when the system shows them', async () => {
    const { isShown } = show()
    Native.made[0]?.emit('show')
    expect(await isShown).toBe(true)
  })

  it('are not created if the system shows none', async () => {
    Native.supported = false
    expect(await show().isShown).toBe(false)
    expect(Native.made).toEqual([])
  })

  it('are logged and reported when the system fails to show one', async () => {
    const logged: string[] = []
    const { isShown } = show({ ...silent, warn: (message) => logged.push(message) })
    Native.made[0]?.emit('failed')
    expect([await isShown, logged]).toEqual([false, [words.title]])
  })
})
