import type { ErrorCode } from '../../../main/base/errors.ts'
import type { Fault } from '../../simulators/faults.ts'

/** What a service or something on the way may do, and what it must become. */
export interface Misbehaviour {
  readonly title: string
  readonly fault: Fault
  readonly code: ErrorCode
  /** It ends only with the deadline. */
  readonly endless?: boolean
}

/** Each is met with one try, whatever is being done; a rig names its exceptions. */
export const misbehaviours = [
  {
    title: 'says 500',
    fault: { kind: 'status', status: 500 },
    code: 'temporarily_unavailable',
  },
  {
    title: 'says 503',
    fault: { kind: 'status', status: 503 },
    code: 'temporarily_unavailable',
  },
  {
    title: 'resets the connection',
    fault: { kind: 'reset' },
    code: 'temporarily_unavailable',
  },
  {
    title: 'serves and loses the answer',
    fault: { kind: 'lost' },
    code: 'temporarily_unavailable',
  },
  {
    title: 'never answers',
    fault: { kind: 'hang' },
    code: 'temporarily_unavailable',
    endless: true,
  },
  {
    title: 'answers one byte a second',
    fault: { kind: 'drip' },
    code: 'temporarily_unavailable',
    endless: true,
  },
  { title: 'answers with a web page', fault: { kind: 'html' }, code: 'unexpected_answer' },
  { title: 'answers nothing', fault: { kind: 'empty' }, code: 'unexpected_answer' },
  {
    title: 'answers half a JSON text',
    fault: { kind: 'malformed' },
    code: 'unexpected_answer',
  },
  { title: 'breaks off', fault: { kind: 'truncated' }, code: 'unexpected_answer' },
  { title: 'answers without end', fault: { kind: 'huge' }, code: 'unexpected_answer' },
  { title: 'does not speak HTTP', fault: { kind: 'not_http' }, code: 'unexpected_answer' },
  {
    title: 'says 418',
    fault: { kind: 'status', status: 418, body: {} },
    code: 'unexpected_answer',
  },
  {
    title: 'redirects elsewhere',
    fault: {
      kind: 'status',
      status: 302,
      headers: { location: 'https://evil.example.com/?t=1' },
    },
    code: 'unexpected_answer',
  },
  {
    title: 'answers with a list',
    fault: { kind: 'status', status: 200, body: [] },
    code: 'unexpected_answer',
  },
  {
    title: 'answers with null',
    fault: { kind: 'status', status: 200, body: null },
    code: 'unexpected_answer',
  },
  {
    title: 'answers with an empty object',
    fault: { kind: 'status', status: 200, body: {} },
    code: 'unexpected_answer',
  },
  {
    title: 'answers 200 with a failure in its words',
    fault: {
      kind: 'status',
      status: 200,
      body: { code: 'internal_error', message: 'failed', error: 'failed', detail: 'failed' },
    },
    code: 'unexpected_answer',
  },
  {
    title: 'has a gateway in front with a page of status 401',
    fault: { kind: 'html', status: 401 },
    code: 'unexpected_answer',
  },
  {
    title: 'has a gateway in front with a page of status 403',
    fault: { kind: 'html', status: 403 },
    code: 'unexpected_answer',
  },
  {
    title: 'has a gateway in front with a page of status 404',
    fault: { kind: 'html', status: 404 },
    code: 'unexpected_answer',
  },
  {
    title: 'has a gateway in front with a page of status 429',
    fault: { kind: 'html', status: 429 },
    code: 'rate_limited',
  },
  {
    title: 'has a gateway in front with a page of status 502',
    fault: { kind: 'html', status: 502 },
    code: 'temporarily_unavailable',
  },
] as const satisfies readonly Misbehaviour[]

export type MisbehaviourTitle = (typeof misbehaviours)[number]['title']
