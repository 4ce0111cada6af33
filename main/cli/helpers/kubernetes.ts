import { TokentrayError } from '../../base/errors.ts'
import type { TokenAnswer } from '../../loopback/schemas/wire.ts'
import type { Context } from '../context.ts'
import { authorizationOf } from './find-token.ts'
import type { HelperReply } from './helper-reply.ts'

/** Shown with the token in the activity record. */
const REASON = 'kubernetes'
const GROUP = 'client.authentication.k8s.io'
const VERSION = `${GROUP}/v1`
const VERSIONS: readonly unknown[] = [VERSION, `${GROUP}/v1beta1`]
const LONGEST_INFO = 1024 * 1024

/** Where kubectl says which version of the answer it wants. */
const KUBERNETES_INFO = 'KUBERNETES_EXEC_INFO'

/** Replies to kubectl and to other clients of Kubernetes with a token of this account, which their configuration names. */
export async function replyToKubernetes(
  account: string,
  { variable, connect, now }: Pick<Context, 'variable' | 'connect' | 'now'>,
): Promise<HelperReply> {
  // Another version than the one that was asked for is an error for kubectl.
  const apiVersion = versionOf(variable(KUBERNETES_INFO))
  const answer = await connect().issue({ account, reason: REASON })
  const status = {
    token: bearerOf(answer),
    expirationTimestamp: toTime(now() + answer.expires_in * 1000),
  }
  return {
    out: `${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}\n`,
    exit: 0,
  }
}

/** The part of a kubeconfig that lets kubectl call this. Text in quotes is the same in JSON as in YAML. */
export function toKubeconfig(account: string): string {
  const name = JSON.stringify(account)
  return `users:
- name: ${name}
  user:
    exec:
      apiVersion: ${VERSION}
      command: tokentray
      args: ["credential", "kubernetes", ${name}]
      interactiveMode: Never
      provideClusterInfo: false
      installHint: "Install Tokentray and its command line, then log in: tokentray login"
`
}

/** The version that is wanted. Throws `invalid_request`, which does not repeat what was given. */
function versionOf(info: string | undefined): string {
  if (info === undefined || info === '') return VERSION
  const version = info.length <= LONGEST_INFO ? readVersion(info) : null
  if (typeof version === 'string' && VERSIONS.includes(version)) return version
  throw new TokentrayError('invalid_request', `${KUBERNETES_INFO} asks for an unknown version.`, {
    hint: `Set apiVersion to ${VERSION} for this user in the kubeconfig.`,
  })
}

function readVersion(info: string): unknown {
  try {
    const read: unknown = JSON.parse(info)
    const isOurs = typeof read === 'object' && read !== null && 'apiVersion' in read
    return isOurs ? read.apiVersion : null
  } catch {
    // Not JSON has no version either.
    return null
  }
}

/** Kubernetes sends tokens as Bearer and in no other way. */
function bearerOf(answer: TokenAnswer): string {
  const { scheme, credential } = authorizationOf(answer)
  if (scheme.toLowerCase() === 'bearer') return credential
  throw new TokentrayError('not_supported', `Tokens of ${answer.account} do not fit here.`, {
    hint: 'Kubernetes sends "Authorization: Bearer" only.',
  })
}

/** RFC 3339 in whole seconds, rounded down. */
const toTime = (ms: number) =>
  new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000', '')
