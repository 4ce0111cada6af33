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

  beforeEach(() => {
    shown = []
    takenBack = []
    opened = 0
    unshown = []
    watched = false
    supported = true
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
    })
  })

  const titles = () => shown.map(({ title }) => title)

  it('say each time that a service wants to be left alone', () => {
    const message =
      'files.example.com has blocked this computer. Tokentray leaves it alone until about 15:31.'
    notifier.hostSilent(message)
    notifier.hostSilent(message)
    watched = true
    notifier.hostSilent(message)
    expect(titles()).toEqual([message, message])
  })

  it('say once that Tokentray goes on where its window was closed and nobody shows an icon', () => {
    notifier.goesOn()
    notifier.goesOn()
    expect(shown).toMatchObject([
      {
        title: 'Tokentray goes on running',
        body: 'This desktop shows no tray icons. Start Tokentray again to open its window.',
      },
    ])
  })

  it('say of a token that was copied until when it is good and when it is cleared, as long as it is there', () => {
    const now = new Date(2026, 0, 5, 15, 16).getTime()
    const copied = { endsAt: now + 900_000, clearsAt: now + 30_000 }
    // The page is open as well, but was not asked for it.
    watched = true
    notifier.copied('koyeb/work', 'token', copied, now)
    expect(shown).toMatchObject([
      {
        title: 'Copied: token of koyeb/work',
        body: 'Valid until 15:31. The clipboard is cleared in 30 s, or when the token ends.',
      },
    ])
    expect(takenBack).toEqual([])
    notifier.copied('koyeb/work', 'curl', copied, now)
    expect(takenBack).toEqual(['Copied: token of koyeb/work'])
    notifier.cleared()
    notifier.cleared()
    expect(takenBack.slice(1)).toEqual(['Copied: curl line of koyeb/work'])
  })

  it('say what came of what was done in the menu, also while the window is looked at', () => {
    watched = true
    notifier.outcome('Logged out: koyeb/work', ['2 tokens of deploy were revoked.', 'And more.'])
    expect(shown).toMatchObject([
      { title: 'Logged out: koyeb/work', body: '2 tokens of deploy were revoked.\nAnd more.' },
    ])
  })

  it('say once for each account that it needs a login, until it has been logged in', () => {
    for (const account of ['koyeb/work', 'koyeb/work', 'svix/prod'])
      notifier.loginRequired(account, null)
    expect(titles()).toEqual(['Log in to koyeb/work again', 'Log in to svix/prod again'])
    notifier.resolved('koyeb/work')
    notifier.loginRequired('svix/prod', null)
    notifier.loginRequired('koyeb/work', null)
    expect(titles().slice(2)).toEqual(['Log in to koyeb/work again'])
  })

  it('say why, where that is known', () => {
    notifier.loginRequired('koyeb/work', { sentence: 'Koyeb refused the API token.' })
    notifier.loginRequired('svix/prod', null)
    const rest = 'Until you log in, tools get no tokens of it.'
    expect(shown.map(({ body }) => body)).toEqual([
      `Koyeb refused the API token. ${rest}`,
      `The saved password no longer works. ${rest}`,
    ])
  })

  it('are taken back when there is nothing left to do', () => {
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

  it('do not say what the person is looking at, then or later', () => {
    watched = true
    notifier.loginRequired('koyeb/work', null)
    watched = false
    notifier.loginRequired('koyeb/work', null)
    expect(shown).toEqual([])
  })

  it('say that a token is left in the clipboard whatever the person is looking at', () => {
    watched = true
    notifier.clearingFailed()
    expect(shown.map(({ title }) => title)).toEqual(['The clipboard was not cleared'])
  })

  it('are handed on where the system shows none, if nothing else says the same', async () => {
    supported = false
    notifier.loginRequired('koyeb/work', null)
    notifier.copied('koyeb/work', 'token', { endsAt: 0, clearsAt: 0 }, 0)
    notifier.hostSilent('files.example.com has blocked this computer.')
    notifier.clearingFailed()
    notifier.outcome('Logged out: koyeb/work', ['2 tokens were revoked.'])
    await idle()
    expect(unshown).toEqual([
      {
        title: 'The clipboard was not cleared',
        body: 'What was copied is still in it. Copy something else to replace it.',
      },
      { title: 'Logged out: koyeb/work', body: '2 tokens were revoked.' },
    ])
    supported = true
    notifier.clearingFailed()
    await idle()
    expect(unshown).toHaveLength(2)
  })
})

describe("notifications over Electron's", () => {
  class Native extends EventEmitter {
    static supported = true
    static made: Native[] = []
    static isSupported = () => Native.supported
    readonly options: unknown
    readonly deeds: string[] = []

    constructor(options: unknown) {
      super()
      this.options = options
      Native.made.push(this)
    }

    show = () => this.deeds.push('show')
    close = () => this.deeds.push('close')
  }

  const words = { title: 'Log in to koyeb/work again', body: 'Until then, nothing.' }

  beforeEach(() => {
    Native.supported = true
    Native.made = []
  })

  it('are shown with these words, tell of a click and can be taken back', () => {
    let clicks = 0
    const { takeBack } = createShow(Native, silent)({ ...words, click: () => (clicks += 1) })
    const [native] = Native.made
    expect(native?.options).toEqual(words)
    native?.emit('click')
    takeBack()
    expect(clicks).toBe(1)
    expect(native?.deeds).toEqual(['show', 'close'])
  })

  const show = (log: Log = silent) => createShow(Native, log)({ ...words, click: () => undefined })

  it('tell when the system shows them', async () => {
    const { isShown } = show()
    Native.made[0]?.emit('show')
    expect(await isShown).toBe(true)
  })

  it('are not even made where the system shows none', async () => {
    Native.supported = false
    expect(await show().isShown).toBe(false)
    expect(Native.made).toEqual([])
  })

  it('leave a line in the log, and tell, when the system fails to show one', async () => {
    const logged: string[] = []
    const { isShown } = show({ ...silent, warn: (message) => logged.push(message) })
    Native.made[0]?.emit('failed')
    expect([await isShown, logged]).toEqual([false, [words.title]])
  })
})
