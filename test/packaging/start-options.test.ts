import { expect, it } from 'vitest'
import { HELP, readOptions } from '../../build/start-options.mjs'

const none = { demo: false, preview: false, memory: false, help: false }

it('knows the options that its help lists', () => {
  const listed = [...HELP.matchAll(/^ {2}(?:-\w, )?--(\w+)/gm)].map(([, name]) => name)
  expect(listed).toEqual(Object.keys(none))
  expect(readOptions([], {})).toEqual(none)
  expect(readOptions(['--preview', '--demo'], {})).toEqual({ ...none, demo: true, preview: true })
  expect(readOptions(['-h'], {}).help).toBe(true)
})

it('prints help in lines of at most 80 columns', () => {
  expect(HELP.split('\n').filter((line) => line.length > 80)).toEqual([])
})

it.each(['--dmeo', 'demo', '--demo=yes', '-x', '--constructor'])('refuses %s', (odd) => {
  const says = `Unknown option: ${odd}. Run: npm start -- --help`
  expect(() => readOptions(['--memory', odd], {})).toThrow(says)
})

it('says how to pass an option that npm has kept for itself', () => {
  const env = { npm_config_demo: 'true' }
  expect(() => readOptions([], env)).toThrow('Run: npm start -- --demo')
})
