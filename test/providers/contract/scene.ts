import { createHttpClient } from '../../../main/providers/http/client.ts'
import type { ClosableHttpClient } from '../../../main/providers/http/http.ts'
import type {
  AccessToken,
  FormValues,
  Login,
  LoginForm,
  ProviderContext,
} from '../../../main/providers/provider.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import type { RecordedRequest } from '../../simulators/simulator.ts'
import { makeContext, revealHeaders } from '../calling.ts'
import { Account } from './account.ts'
import type { Maker } from './activities.ts'
import type { NamedRig, Rig, RigOptions } from './rig.ts'

/** For a whole call, by the fake clock. */
export const DEADLINE_MS = 15_000

/** One provider, its simulated service and a clock that stands still, for one case. */
export class Scene {
  readonly named: NamedRig
  readonly clock = new FakeClock()
  readonly http: ClosableHttpClient
  #rig: Rig | undefined

  constructor(named: NamedRig) {
    this.named = named
    this.http = createHttpClient({ clock: this.clock, env: {}, deadlineMs: DEADLINE_MS })
  }

  /** Starts the service; once more for another one in its place. */
  async open(options?: RigOptions): Promise<void> {
    await this.#rig?.simulator.close()
    this.#rig = await this.named.make(this.clock, options)
  }

  async close(): Promise<void> {
    await this.http.close()
    await this.#rig?.simulator.close()
  }

  get rig(): Rig {
    if (!this.#rig) throw new Error('It is not open.')
    return this.#rig
  }

  get requests(): readonly RecordedRequest[] {
    return this.rig.simulator.requests
  }

  /** What the service would accept now, in an order of its own. */
  alive(): string[] {
    return this.rig.simulator.aliveTokens().toSorted()
  }

  context(signal?: AbortSignal): ProviderContext {
    return makeContext(this.http, this.clock, signal ? { signal } : {})
  }

  login(form: LoginForm = this.rig.form, context = this.context()): Promise<Login> {
    return this.named.provider.login(form, context)
  }

  formWith(values: FormValues): LoginForm {
    return { ...this.rig.form, values: { ...this.rig.form.values, ...values } }
  }

  async newAccount(): Promise<Account> {
    const { provider } = this.named
    const { form } = this.rig
    const login = await this.login(form)
    this.outliveTrial()
    return new Account({ provider, form, login, context: () => this.context() })
  }

  /** What a login has made to try the credential is over. */
  outliveTrial(): void {
    this.clock.jumpWall(this.named.loginLeavesMs ?? 0)
  }

  /** The status that a tool gets which comes with this token. */
  async use(token: AccessToken, maker: Maker): Promise<number> {
    const url = `${this.rig.simulator.url}${this.rig.usefulPath(maker)}`
    const answer = await fetch(url, { headers: revealHeaders(token) })
    await answer.arrayBuffer()
    return answer.status
  }

  /** What no error may hold: all that was entered, and every token that was given. */
  secrets(): string[] {
    const entered = Object.values(this.rig.form.secrets).map((secret) => secret.reveal())
    return [...entered, ...this.rig.simulator.answeredLogins.map(({ token }) => token)]
  }

  /** Resolves once that many requests have come in, or the call has ended without. */
  async arrivedOrOver(count: number, call: Promise<unknown>): Promise<void> {
    const over = call.then(
      () => undefined,
      () => undefined,
    )
    await Promise.race([this.rig.simulator.arrived(count), over])
  }

  /**
   * The requests from then on as `POST /path`; one line twice is something sent twice. A request
   * without credentials and the same one with them differ. A poll of the rig is one line, unless it is sent
   * more often than the rig allows.
   */
  lines(since: number): string[] {
    const { polls = [] } = this.named
    const sent = new Map<string, number>()
    return this.requests.slice(since).flatMap(({ method, path, headers }) => {
      const line = `${method} ${path}${headers['authorization'] === undefined ? ' as nobody' : ''}`
      const times = (sent.get(line) ?? 0) + 1
      sent.set(line, times)
      const most = polls.find((poll) => poll.path === path.split('?')[0])?.most ?? 1
      return times > 1 && times <= most ? [] : [line]
    })
  }
}
