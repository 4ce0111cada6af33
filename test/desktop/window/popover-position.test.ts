import { expect, it } from 'vitest'
import { placePopover } from '../../../main/desktop/window/popover-position.ts'

const size = { width: 380, height: 560 }
const screen = { x: 0, y: 0, width: 1_920, height: 1_080 }
const nowhere = { x: 0, y: 0, width: 0, height: 0 }
const pointer = { x: 900, y: 500 }
const place = (change: Partial<Parameters<typeof placePopover>[0]>) =>
  placePopover({
    ...{ icon: nowhere, pointer, workArea: screen, size, platform: 'darwin', isWayland: false },
    ...change,
  })

it('is below an icon in the macOS menu bar', () => {
  const workArea = { ...screen, y: 25, height: 1_055 }
  const icon = { x: 1_000, y: 0, width: 24, height: 25 }
  expect(place({ icon, workArea })).toEqual({ x: 822, y: 29 })
})

it('is above an icon in the Windows taskbar, inside the screen', () => {
  const workArea = { ...screen, height: 1_040 }
  const icon = { x: 1_880, y: 1_045, width: 24, height: 24 }
  expect(place({ icon, workArea, platform: 'win32' })).toEqual({ x: 1_540, y: 480 })
})

it('stays on a second display to the left', () => {
  const workArea = { x: -1_280, y: 0, width: 1_280, height: 1_024 }
  const icon = { x: -1_275, y: 0, width: 24, height: 24 }
  expect(place({ icon, workArea })?.x).toBe(-1_280)
})

it('is at the pointer if the position of the icon is unknown', () => {
  expect(place({})).toEqual({ x: 710, y: 504 })
})

it('is at the pointer on X11, whatever the position of the icon', () => {
  const icon = { x: 10, y: 10, width: 24, height: 24 }
  expect(place({ icon, platform: 'linux' })).toEqual({ x: 710, y: 504 })
  expect(place({ platform: 'linux', pointer: { x: 5, y: 1_075 } })).toEqual({ x: 0, y: 511 })
})

it('leaves the position to a Wayland compositor', () => {
  expect(place({ platform: 'linux', isWayland: true })).toBeNull()
})

it('starts at the corner of a screen that is too small', () => {
  const workArea = { x: 0, y: 30, width: 300, height: 400 }
  expect(place({ workArea })).toEqual({ x: 0, y: 30 })
})
