import { userInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { findDirectories } from '../../../main/base/files/directories.ts'

const me = { uid: 1000, homedir: '/home/me' }
const find = (env: Readonly<Record<string, string>>, platform: NodeJS.Platform = 'linux') =>
  findDirectories(env, platform, me)

describe('the folders of a user', () => {
  it('are where the environment variables say', () => {
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
  ])('are in the home folder from the system if the environment says %s', (_what, env) => {
    const data = '/home/me/.local/state/tokentray'
    expect(find(env)).toMatchObject({
      ...{ config: '/home/me/.config/tokentray', data, run: `${data}/run` },
    })
  })

  it('are also looked for where another kind of session has them', () => {
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

  it('of another home do not lead to those of the user', () => {
    expect(find({ TOKENTRAY_HOME: '/trial' }).others).toEqual([])
    expect(JSON.stringify(find({ HOME: '/trial' }))).not.toMatch(/home.me|run.user/)
  })

  it('come from the system by default', () => {
    expect(findDirectories({}, 'linux').data).toContain(userInfo().homedir)
  })
})
