import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { type Claims, signJwt, verifyJwt } from './jwt.ts'
import type { SftpgoAccount } from './sftpgo-simulator.ts'
import type { SimulatorClock } from './simulator-clock.ts'

export type Family = 'API' | 'APIUser'

export interface IssuedToken {
  readonly token: string
  readonly expiresAt: number
}

export type TokenVerdict =
  | { readonly ok: true; readonly claims: Claims; readonly username: string }
  | { readonly ok: false; readonly message: string; readonly error?: string }

const LEEWAY_SECONDS = 30

/** SFTPGo's tokens: bound to a route family and an address, revoked in memory only. */
export class SftpgoTokens {
  readonly #clock: SimulatorClock
  readonly #lifetimeSeconds: number
  readonly #passphrase: string | undefined
  readonly #issued: { readonly token: string; readonly ip: string; readonly family: Family }[] = []
  readonly #revoked = new Set<string>()
  #key: Buffer

  constructor(clock: SimulatorClock, lifetimeMinutes: number, passphrase: string | undefined) {
    this.#clock = clock
    this.#lifetimeSeconds = lifetimeMinutes * 60
    this.#passphrase = passphrase
    this.#key = this.#newKey()
  }

  issue(account: SftpgoAccount, family: Family, ip: string): IssuedToken {
    const now = Math.floor(this.#clock.now() / 1000)
    const exp = now + this.#lifetimeSeconds
    const token = signJwt(
      {
        aud: [family, ip],
        exp,
        iat: now,
        nbf: now - 10,
        jti: randomUUID(),
        sub: '1700000000000',
        username: account.username,
        ...(family === 'API' && { permissions: account.permissions ?? ['*'] }),
        ...(account.mustChangePassword && { chpwd: true }),
        // An existing second factor is not mentioned.
        ...(account.mustEnrol && {
          '2fa_required': true,
          ...(account.mustEnrol.length > 0 && { '2fa_protos': account.mustEnrol }),
        }),
      },
      this.#key,
    )
    this.#issued.push({ token, ip, family })
    return { token, expiresAt: exp * 1000 }
  }

  /** Whether the service would accept it in `Authorization`, with that cookie, from that address. */
  check(token: string, family: Family, ip: string, cookie = ''): TokenVerdict {
    const claims = verifyJwt(token, this.#key)
    const now = this.#clock.now() / 1000
    if (!claims || now > Number(claims['exp']) + LEEWAY_SECONDS) {
      return { ok: false, message: 'Unauthorized', error: 'the token is not valid' }
    }
    if (this.#revoked.has(token) || this.#revoked.has(cookie)) {
      return { ok: false, message: 'Your token is no longer valid' }
    }
    const audience: unknown = claims['aud']
    if (!Array.isArray(audience) || !audience.includes(family)) {
      return { ok: false, message: 'Your token audience is not valid' }
    }
    if (!audience.includes(ip)) return { ok: false, message: 'Your token is not valid' }
    return { ok: true, claims, username: String(claims['username']) }
  }

  revoke(token: string): void {
    this.#revoked.add(token)
  }

  /** Tokens that would be accepted from the address they were issued to. */
  alive(): string[] {
    return this.#issued
      .filter(({ token, family, ip }) => this.check(token, family, ip).ok)
      .map(({ token }) => token)
  }

  /** Until when it is accepted, which is longer than it states; epoch milliseconds. */
  endOf(token: string): number | null {
    const claims = verifyJwt(token, this.#key)
    return claims && (Number(claims['exp']) + LEEWAY_SECONDS) * 1000
  }

  /** Loses the revocation list, and the key unless it comes from a passphrase. */
  restart(): void {
    this.#revoked.clear()
    this.#key = this.#newKey()
  }

  #newKey(): Buffer {
    return this.#passphrase === undefined
      ? randomBytes(32)
      : createHash('sha256').update(this.#passphrase).digest()
  }
}
