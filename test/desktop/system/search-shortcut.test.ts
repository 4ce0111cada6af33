import { beforeEach, expect, it } from 'vitest'
import { SearchShortcut } from '../../../main/desktop/system/search-shortcut.ts'
import { makeLog } from '../fake-electron.ts'

let registered: Map<string, () => void>
let tries: number
let isFree: boolean
let pressed: number
let log: ReturnType<typeof makeLog>
let shortcut: SearchShortcut

beforeEach(() => {
  registered = new Map()
  tries = 0
  isFree = true
  pressed = 0
  log = makeLog()
  shortcut = new SearchShortcut({
    system: {
      register: (keys, callback) => {
        tries += 1
        if (isFree) registered.set(keys, callback)
        return isFree
      },
      unregister: (keys) => void registered.delete(keys),
    },
    pressed: () => {
      pressed += 1
    },
    log,
  })
})

it('takes no keys until it is switched on', () => {
  shortcut.follow(false)
  expect([tries, shortcut.isOn]).toEqual([0, false])
})

it('is pressed while it is on, and gives the keys back when it is off', () => {
  expect(shortcut.set(true)).toBe(true)
  expect([...registered.keys()]).toEqual(['CommandOrControl+Shift+F11'])
  for (const press of registered.values()) press()
  expect([shortcut.isOn, pressed]).toEqual([true, 1])
  expect(shortcut.set(false)).toBe(true)
  expect([registered.size, shortcut.isOn]).toEqual([0, false])
})

it('takes the keys once, however often it is switched on', () => {
  shortcut.set(true)
  shortcut.follow(true)
  shortcut.set(true)
  expect(tries).toBe(1)
})

it('says that the system refused the keys, and takes them once they are free', () => {
  isFree = false
  expect(shortcut.set(true)).toBe(false)
  expect(shortcut.isOn).toBe(false)
  isFree = true
  expect(shortcut.set(true)).toBe(true)
  expect(shortcut.isOn).toBe(true)
})

it('tries the keys of the stored preference once, not with every change', () => {
  isFree = false
  shortcut.follow(true)
  shortcut.follow(true)
  expect([tries, shortcut.isOn]).toEqual([1, false])
  expect(log.lines).toHaveLength(1)
  isFree = true
  shortcut.follow(false)
  shortcut.follow(true)
  expect(shortcut.isOn).toBe(true)
})

it('follows a reset of the preferences', () => {
  shortcut.set(true)
  shortcut.follow(false)
  expect(registered.size).toBe(0)
})

it('gives the keys back for good when Tokentray quits', () => {
  shortcut.set(true)
  shortcut.end()
  expect(registered.size).toBe(0)
  shortcut.follow(true)
  expect([registered.size, shortcut.set(true)]).toEqual([0, false])
})
