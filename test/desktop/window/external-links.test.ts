import { expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import {
  createBrowserOpener,
  openExternalLink,
} from '../../../main/desktop/window/external-links.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { codeOf } from '../../helpers/make-broker.ts'
import { markedSecret } from '../../helpers/marks.ts'

const VISIT = `http://127.0.0.1:4711/${'a'.repeat(43)}`

it('opens a one-time URL', async () => {
  const opened: string[] = []
  await openExternalLink(VISIT, async (it) => {
    opened.push(it)
  })
  expect(opened).toEqual([VISIT])
})

it.each([
  'file:///etc/passwd',
  'file://server/share/program.exe',
  '\\\\server\\share\\program.exe',
  '//server/share',
  'javascript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'ms-msdt:/id',
  'search-ms:query=x',
  'smb://server/share',
  'ssh://server',
  'tokentray://ui/index.html',
  'mailto:a@b.example',
  'https://example.com/',
  'https://github.com/tokentray/tokentray',
  ` ${VISIT}`,
  `${VISIT}\n`,
  VISIT.replace('127.0.0.1', 'localhost'),
  VISIT.replace('127.0.0.1', '127.0.0.1.evil.example'),
  VISIT.replace('127.0.0.1', 'a@127.0.0.1'),
  VISIT.replace('http:', 'https:'),
  VISIT.replace(':4711', ''),
  VISIT.replace(':4711', ':0'),
  `${VISIT}a`,
  `${VISIT}?a`,
  `${VISIT}/..`,
  'http://127.0.0.1:4711/v1/health',
  '',
])('does not open %j', async (address) => {
  const open = async () => {
    throw new Error('It was opened.')
  }
  expect(await codeOf(openExternalLink(address, open))).toBe('request_refused')
})

it('reports that no browser could be opened', async () => {
  const open = async () => {
    throw new Error('no handler')
  }
  expect(await codeOf(openExternalLink(VISIT, open))).toBe('temporarily_unavailable')
})

it('passes a one-time loopback URL to the system instead of the one that logs in', async () => {
  const link = `https://portal.example/#${markedSecret('link')}`
  const seen: string[] = []
  const answers: Promise<Response>[] = []
  const visit = createBrowserOpener(
    {
      openExternal: async (address) => {
        seen.push(address)
        answers.push(fetch(address, { redirect: 'manual' }))
      },
    },
    new FakeClock(),
  )
  await visit(new Secret(link))
  expect(seen[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[A-Za-z0-9]{43}$/)
  expect((await answers[0])?.headers.get('location') === link).toBe(true)
})
