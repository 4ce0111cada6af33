import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { makeTestFolder } from '../../helpers/marks.ts'
import type { Component } from '../../helpers/needs.ts'

export const openssl: Component = {
  name: 'openssl',
  install: 'apt install openssl',
  isThere: () => spawnSync('openssl', ['version']).status === 0,
}

export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** A private certificate authority, with its files in a test folder. */
export class Authority {
  readonly #folder = makeTestFolder('authority')
  /** The path of its certificate, for the CA file of an account. */
  readonly file = path.join(this.#folder, 'ca.pem')
  readonly #key = path.join(this.#folder, 'ca.key')

  constructor() {
    runOpenssl('req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2', [
      '-subj',
      '/CN=Test authority',
      '-keyout',
      this.#key,
      '-out',
      this.file,
    ])
  }

  /** Issues a certificate for names such as `DNS:files.example.com` or `IP:127.0.0.1`. */
  issue(names: string, { expired = false } = {}): Certificate {
    const at = (name: string) => path.join(this.#folder, name)
    runOpenssl('req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes', [
      '-subj',
      '/CN=service',
      '-keyout',
      at('service.key'),
      '-out',
      at('service.csr'),
    ])
    writeFileSync(at('names'), `subjectAltName=${names}\n`)
    runOpenssl(`x509 -req -CAcreateserial -days ${expired ? -1 : 2}`, [
      '-in',
      at('service.csr'),
      '-CA',
      this.file,
      '-CAkey',
      this.#key,
      '-extfile',
      at('names'),
      '-out',
      at('service.pem'),
    ])
    return {
      key: readFileSync(at('service.key'), 'utf8'),
      cert: readFileSync(at('service.pem'), 'utf8'),
    }
  }
}

function runOpenssl(command: string, files: readonly string[]): void {
  execFileSync('openssl', [...command.split(' '), ...files], { stdio: 'pipe' })
}
