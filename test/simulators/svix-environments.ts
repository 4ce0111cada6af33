import { randomInt } from 'node:crypto'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const ID = /^(app|org)_[A-Za-z0-9]{27}$/
/** The organization that a server has from the start. */
const ORGANISATION = 'org_23rb8YdGqMT0qIzpgGwdXfHirMu'

interface SvixApplication {
  /** `app_` and 27 letters and digits, like the service's own; generated if absent. */
  readonly id?: string
  /** The owner's id for it; routes accept either. */
  readonly uid?: string
  readonly name: string
}

export interface SvixEnvironment {
  /** The environment's key at the hosted service; generated if absent. */
  readonly key?: string
  /** At the open-source server, where organizations take the role of environments. */
  readonly organization?: string
  readonly applications: readonly SvixApplication[]
}

/** An application as stored by the service. */
export interface Application extends SvixApplication {
  readonly id: string
  /** Epoch milliseconds. */
  readonly createdAt: number
}

/** An environment as stored by the service. */
export interface Environment extends SvixEnvironment {
  readonly organization: string
  readonly applications: readonly Application[]
}

/** Completes the environments; rejects ids that the service would never assign. */
export function toEnvironments(
  given: readonly SvixEnvironment[],
  createdAt: number,
): readonly Environment[] {
  return given.map(({ organization = ORGANISATION, applications, ...rest }) => ({
    ...rest,
    organization: requireId(organization),
    applications: applications.map(({ id = makeId(), ...more }) => ({
      ...more,
      id: requireId(id),
      createdAt,
    })),
  }))
}

export function findApplication(
  { applications }: Environment,
  named: string,
): Application | undefined {
  return applications.find(({ id, uid }) => id === named || uid === named)
}

/** An application as returned by the service. */
export function toBody({ id, uid, name, createdAt }: Application) {
  const at = new Date(createdAt).toISOString()
  return { id, uid: uid ?? null, name, metadata: {}, createdAt: at, updatedAt: at }
}

function makeId(): string {
  return `app_${Array.from({ length: 27 }, () => LETTERS[randomInt(LETTERS.length)]).join('')}`
}

function requireId(id: string): string {
  if (!ID.test(id)) throw new Error(`The service has no ids such as ${id}.`)
  return id
}
