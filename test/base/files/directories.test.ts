import { userInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { findDirectories } from '../../../main/base/files/directories.ts'

const me = { uid: 1000, homedir: '/home/me' }
const find = (env: Readonly<Record<string, string>>, platform: NodeJS.Platform = 'linux') =>
  findDirectories(env, platform, me)

describe('the folders of a user', () => {
  it('are where the variables of the session say', () => {
    const session = {
      HOME: '/home/me',
      XDG_CONFIG_HOME: '/c',
      XDG_STATE_HOME: '/s',
      XDG_RUNTIME_DIR: '/run/user/1000',
    }
    expect(find(session)).toMatchObject({
      config: '/c/tokentray',
      data: '/s/tokentray',
      run: '/run/user/1000/tokentray',
    })
  })

  it.each([
    ['nothing at all', {}],
    ['an empty home', { HOME: '' }],
    ['a home that is no path', { HOME: 'me', XDG_STATE_HOME: 'state' }],
  ])('are below the home that the system knows, where the session says %s', (_what, env) => {
    const data = '/home/me/.local/state/tokentray'
    expect(find(env)).toMatchObject({
      ...{ config: '/home/me/.config/tokentray', data, run: `${data}/run` },
    })
  })

  it('are looked for where a session of another kind would have them', () => {
    const usual = '/home/me/.local/state/tokentray'
    const others = (env: Readonly<Record<string, string>>) => find(env).others
    expect(others({ HOME: '/home/me' })).toEqual([
      { data: usual, run: '/run/user/1000/tokentray' },
      { data: usual, run: `${usual}/run` },
    ])
    expect(others({ HOME: '/home/me', XDG_STATE_HOME: '/s' })).toContainEqual({
      ...{ data: usual, run: `${usual}/run` },
    })
  })

  it('of a home of its own lead to nothing of the user', () => {
    expect(find({ TOKENTRAY_HOME: '/trial' }).others).toEqual([])
    expect(JSON.stringify(find({ HOME: '/trial' }))).not.toMatch(/home.me|run.user/)
  })

  it('are asked of the system by themselves', () => {
    expect(findDirectories({}, 'linux').data).toContain(userInfo().homedir)
  })
})
