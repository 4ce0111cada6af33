import { expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { describeError, describeUnexpected } from '../../../main/base/text/describe-error.ts'

/** What `work` throws. */
function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('Nothing was thrown.')
}

const PLACE = /^at .*describe-error\.test\.ts:\d+:\d+\)?$/

it('an error is described by its name, code, message and stack frames', () => {
  const error = Object.assign(new RangeError('Too far.'), { code: 'FAR' })
  expect(describeError(error)).toEqual({
    ...{ name: 'RangeError', code: 'FAR', message: 'Too far.' },
    at: expect.arrayContaining([expect.stringMatching(PLACE)]),
  })
})

it('an unexpected error is described without a foreign message, but with its stack frames', () => {
  const secret = 'hunter2\n    at "hunter2"'
  const thrown = [
    thrownBy(() => JSON.parse(secret)),
    thrownBy(() => Object.assign(secret, { '0': 'x' })),
    new Error(secret),
  ]
  for (const each of thrown) {
    const told = describeUnexpected(each)
    expect(JSON.stringify(told)).not.toContain('hunter2')
    expect(told).toMatchObject({ name: expect.stringMatching(/Error$/) })
    expect(told['at']).toContainEqual(expect.stringMatching(PLACE))
  }
  expect(describeUnexpected(secret)).toEqual({ thrown: 'string' })
})

it('an unexpected error of ours keeps its message, which contains no secret', () => {
  const error = new TokentrayError('server_error', 'The stop took too long.')
  expect(describeUnexpected(error)).toMatchObject({
    ...{ name: 'TokentrayError', code: 'server_error' },
    message: 'The stop took too long.',
  })
})
