import { expect, it } from 'vitest'
import { isWayland } from '../../../main/desktop/system/display-server.ts'

const switched = (value = '') => ({
  getSwitchValue: (name: string) => (name === 'ozone-platform' ? value : ''),
})

it.each([
  ['a Wayland session', { XDG_SESSION_TYPE: 'wayland', DISPLAY: ':0' }, '', true],
  ['an X session', { XDG_SESSION_TYPE: 'x11', DISPLAY: ':0' }, '', false],
  [
    'a compositor started at a console',
    { XDG_SESSION_TYPE: 'tty', WAYLAND_DISPLAY: 'w' },
    '',
    true,
  ],
  ['the same with an X server', { WAYLAND_DISPLAY: 'wayland-1', DISPLAY: ':1' }, '', false],
  ['no display', {}, '', false],
  ['Wayland with the switch for X', { XDG_SESSION_TYPE: 'wayland' }, 'x11', false],
  ['X with the switch for Wayland', { XDG_SESSION_TYPE: 'x11' }, 'wayland', true],
] as const)('tells by what Chromium goes by: %s', (_what, env, chosen, expected) => {
  expect(isWayland(env, switched(chosen))).toBe(expected)
})
