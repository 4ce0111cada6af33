import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { rootCertificates } from 'node:tls'
import { beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../../main/base/clock.ts'
import { DefaultAuthorities } from '../../../main/providers/http/default-authorities.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { describeWith } from '../../helpers/needs.ts'
import { Authority, openssl } from './certificates.ts'

describeWith([openssl], 'the default authorities', () => {
  let pem: string
  beforeAll(() => {
    pem = readFileSync(new Authority().file, 'utf8').trim()
  })

  function olderNode(file: string) {
    const said: object[] = []
    const log = { warn: (...line: unknown[]) => void said.push(line) }
    const env = { NODE_EXTRA_CA_CERTS: file }
    return { usual: new DefaultAuthorities({ env, clock: systemClock, log, node: null }), said }
  }

  it('are those that Node lists, if it can', async () => {
    const env = { NODE_EXTRA_CA_CERTS: '/nowhere' }
    const usual = new DefaultAuthorities({
      env,
      clock: systemClock,
      node: () => ['all', 'of them'],
    })
    expect(await usual.all()).toEqual(['all', 'of them'])
  })

  it('include those built into Node, whatever its version', async () => {
    const usual = new DefaultAuthorities({ env: {}, clock: systemClock })
    expect((await usual.all()).length).toBeGreaterThan(50)
  })

  it('are those built into Node and an extra file, read once, if an older Node cannot list them', async () => {
    const file = path.join(makeTestFolder('extra'), 'extra.pem')
    writeFileSync(file, `# the company\n${pem}\n`)
    const { usual, said } = olderNode(path.relative(process.cwd(), file))
    expect(await usual.all()).toEqual([...rootCertificates, pem])
    rmSync(file)
    expect(await usual.all()).toEqual([...rootCertificates, pem])
    expect(said).toEqual([])
  })

  it('ignore an unusable file, with one warning', async () => {
    const file = path.join(makeTestFolder('extra'), 'extra.pem')
    const { usual, said } = olderNode(file)
    expect(await usual.all()).toEqual([...rootCertificates])
    expect(await usual.all()).toEqual([...rootCertificates])
    const reason = `The CA file ${file} cannot be read.`
    expect(said).toEqual([['NODE_EXTRA_CA_CERTS is ignored', { reason }]])
  })
})
