import { setTimeout as delay } from 'node:timers/promises'
import { markedSecret } from '../helpers/marks.ts'
import { roleOf } from '../simulators/sftpgo-accounts.ts'
import type { SftpgoAccount } from '../simulators/sftpgo-simulator.ts'
import { FROM, startSftpgo } from './sftpgo-process.ts'
import type { SftpgoServer, SftpgoSetUp } from './sftpgo-server.ts'

/** An address that no client has, so that neither bans nor limits are shared with clients. */
const HOME = '192.0.2.254'
const ALL_FOLDERS = { '/': ['*'] }

/** Starts a real SFTPGo from this program, and administers it over its own API. */
export async function startReal(program: string, setUp: SftpgoSetUp): Promise<SftpgoServer> {
  const operator = { username: 'operator', password: markedSecret('operator') }
  const running = await startSftpgo(program, setUp, operator)
  let lastByte = 0
  const admin = new Administration(running.url, running.folder, operator)
  const kept = new Map<string, SftpgoAccount>()
  const address = () => (lastByte === 0 ? '127.0.0.1' : `192.0.2.${lastByte}`)
  try {
    for (const account of setUp.accounts) {
      await admin.add(account)
      kept.set(account.username, account)
    }
  } catch (error) {
    await running.stop()
    throw error
  }
  const named = (username: string) => {
    const account = kept.get(username)
    if (!account) throw new Error(`There is no account ${username}.`)
    return account
  }
  return {
    url: running.url,
    headers: () => (lastByte === 0 ? {} : { [FROM]: address() }),
    moveAway() {
      lastByte += 1
    },
    async change(username, change) {
      const account = { ...named(username), ...change }
      kept.set(username, account)
      await admin.replace(account)
    },
    async remove(username) {
      const account = named(username)
      kept.delete(username)
      await admin.call('DELETE', pathOf(account))
    },
    bannedUntil: () => admin.bannedUntil(address()),
    liftBan: () => admin.liftBan(address()),
    keyCount: async () => (await admin.list('/api/v2/apikeys')).length,
    now: () => Date.now(),
    close: () => running.stop(),
  }
}

/** Calls the server as its administrator. */
class Administration {
  readonly #url: string
  readonly #folder: string
  readonly #operator: { readonly username: string; readonly password: string }
  #token: string | undefined

  constructor(
    url: string,
    folder: string,
    operator: { readonly username: string; readonly password: string },
  ) {
    this.#url = url
    this.#folder = folder
    this.#operator = operator
  }

  async add(account: SftpgoAccount): Promise<void> {
    await this.call('POST', listOf(account), this.#recordOf(account))
    if (account.totpSecret !== undefined) await this.#enrol(account, account.totpSecret)
  }

  async replace(account: SftpgoAccount): Promise<void> {
    await this.call('PUT', pathOf(account), this.#recordOf(account))
  }

  async bannedUntil(ip: string): Promise<number> {
    const host = await this.#host(ip)
    const until = host?.['ban_time']
    return typeof until === 'string' ? Date.parse(until) : 0
  }

  async liftBan(ip: string): Promise<void> {
    const host = await this.#host(ip)
    if (host) await this.call('DELETE', `/api/v2/defender/hosts/${String(host['id'])}`)
  }

  async list(path: string): Promise<Record<string, unknown>[]> {
    const items = await (await this.call('GET', path)).json()
    return Array.isArray(items) ? items : []
  }

  /** Waits while the server limits requests; throws the response if it refuses. */
  async call(method: string, path: string, body?: unknown, token?: string): Promise<Response> {
    const bearer = token ?? (await this.#operatorToken())
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const answer = await this.#fetch(path, {
      method,
      headers: { authorization: `Bearer ${bearer}` },
      ...sent,
    })
    if (answer.ok) return answer
    throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  }

  async #fetch(path: string, { headers, ...init }: RequestInit): Promise<Response> {
    for (;;) {
      const answer = await fetch(`${this.#url}${path}`, {
        ...init,
        headers: { ...Object.fromEntries(new Headers(headers)), [FROM]: HOME },
      })
      if (answer.status !== 429) return answer
      await delay(1_000 * Number(answer.headers.get('retry-after') ?? 1))
    }
  }

  async #host(ip: string): Promise<Record<string, unknown> | undefined> {
    return (await this.list('/api/v2/defender/hosts')).find((each) => each['ip'] === ip)
  }

  async #operatorToken(): Promise<string> {
    this.#token ??= await this.#tokenOf('/api/v2/token', this.#operator)
    return this.#token
  }

  async #tokenOf(
    path: string,
    { username, password }: { readonly username: string; readonly password: string },
  ): Promise<string> {
    const basic = Buffer.from(`${username}:${password}`).toString('base64')
    const answer = await this.#fetch(path, { headers: { authorization: `Basic ${basic}` } })
    const { access_token } = JSON.parse(await answer.text())
    return String(access_token)
  }

  /** An account sets up its second factor itself. */
  async #enrol(account: SftpgoAccount, secret: string): Promise<void> {
    const isAdmin = roleOf(account) === 'admin'
    const family = isAdmin ? '/api/v2/admin' : '/api/v2/user'
    const token = await this.#tokenOf(isAdmin ? '/api/v2/token' : '/api/v2/user/token', account)
    const factor = {
      enabled: true,
      config_name: 'Default',
      secret: { status: 'Plain', payload: secret },
    }
    const body = isAdmin ? factor : { ...factor, protocols: ['HTTP'] }
    await this.call('POST', `${family}/totp/save`, body, token)
  }

  #recordOf(account: SftpgoAccount): unknown {
    const { username, password, disabled, expired, allowApiKeyAuth, mustChangePassword } = account
    const both = {
      ...(allowApiKeyAuth && { allow_api_key_auth: true }),
      ...(mustChangePassword && { require_password_change: true }),
    }
    const common = { username, password, status: disabled ? 0 : 1 }
    if (roleOf(account) === 'admin') {
      const { permissions = ['*'], mustEnrol, barred } = account
      const filters = {
        ...both,
        ...(mustEnrol && { require_two_factor: true }),
        ...(barred && { allow_list: ['198.51.100.0/24'] }),
      }
      return { ...common, permissions, filters }
    }
    return {
      ...common,
      permissions: ALL_FOLDERS,
      home_dir: `${this.#folder}/${username}`,
      ...(expired && { expiration_date: 1 }),
      filters: { ...both, ...filtersOf(account) },
    }
  }
}

function filtersOf({ barred, mustEnrol }: SftpgoAccount): Record<string, unknown> {
  return {
    ...(mustEnrol && { two_factor_protocols: mustEnrol }),
    ...(barred === 'protocol' && { denied_protocols: ['HTTP'] }),
    ...(barred === 'method' && { denied_login_methods: ['password'] }),
    ...(barred === 'address' && { denied_ip: ['0.0.0.0/0'] }),
  }
}

const listOf = (account: SftpgoAccount) =>
  roleOf(account) === 'admin' ? '/api/v2/admins' : '/api/v2/users'
const pathOf = (account: SftpgoAccount) =>
  `${listOf(account)}/${encodeURIComponent(account.username)}`
