import { changeIn, type Mutant } from '../mutant.ts'

const RULE = 'main/broker/account/addresses.ts'
const rule = changeIn(RULE, 'test/broker/account/addresses.test.ts')
const ruleUnderAnyInput = changeIn(RULE, 'test/cli/helpers/any-input.test.ts')
const parser = changeIn('main/cli/helpers/git-protocol.ts', 'test/cli/helpers/git.test.ts')
const git = changeIn('main/cli/helpers/git.ts', 'test/cli/helpers/git.test.ts')
const docker = changeIn('main/cli/helpers/docker.ts', 'test/cli/helpers/docker.test.ts')
const cargo = changeIn('main/cli/helpers/cargo.ts', 'test/cli/helpers/cargo.test.ts')
const kubernetes = changeIn('main/cli/helpers/kubernetes.ts', 'test/cli/helpers/kubernetes.test.ts')
const find = changeIn(
  'main/loopback/management/account-routes.ts',
  'test/loopback/management/find-account.test.ts',
)
const transfer = changeIn('main/broker/transfer/import.ts', 'test/broker/transfer/transfer.test.ts')

const ANSWERS = 'the account that answers for an address'
const GET = 'git-credential-tokentray get'

/** Programs that ask for a token for an address. */
export const helpers: readonly Mutant[] = [
  rule(
    'an account answers for its own port only',
    'own.origin !== wanted.origin',
    'own.hostname !== wanted.hostname',
    ANSWERS,
  ),
  rule(
    'the longest address that fits counts',
    'if (own > depth) candidates = []',
    'if (own > depth && depth < 0) candidates = []',
    ANSWERS,
  ),
  rule(
    'plain http to another machine is answered only where the account allows it',
    'if (!isEncrypted && toTransport(account.values).allowPlainHttp !== true) return -1\n',
    '',
    ANSWERS,
  ),
  rule(
    'of several accounts none answers unless it is named',
    'throw several(meant ? named : candidates, wanted)',
    'return meant ?? only',
    'is the one that the user name names',
  ),
  ruleUnderAnyInput(
    'a host that parsers read in different ways has no account',
    "if (host !== '' && url?.hostname === host.toLowerCase()) return url",
    'if (url) return url',
    'docker gets a token for no server that was not set',
  ),
  parser(
    'a request of git with a NUL or a carriage return is refused',
    'if (/[\\0\\r]/.test(input)) throw malformed()\n',
    '',
    'without repeating it',
  ),
  parser(
    'a line of git has a limit',
    ' || Buffer.byteLength(line) > LONGEST_LINE',
    '',
    'without repeating it',
  ),
  git(
    'a scheme is given only to a git that knows it',
    'if (knowsSchemes && ',
    'if (',
    'gives user name and password to a git that knows nothing else',
  ),
  git(
    'git stops while Tokentray is locked',
    "if (error.code === 'not_supported') return",
    "if (error.code !== 'x') return",
    GET,
  ),
  git(
    'git reports only the token that was given as refused',
    'if (isCurrent) await',
    'await',
    'reports nothing of another password',
  ),
  docker(
    'docker reads that there are no credentials',
    'credentials not found in native keychain',
    'credentials not found',
    'docker-credential-tokentray get',
  ),
  find(
    'a tool finds only accounts that it may use',
    'const own = client ? known.filter(({ uid }) => clients.isGranted(client, uid)) : known',
    'const own = known',
    'are found by a tool only if it may use the account',
  ),
  transfer(
    'a file from a stranger adds no host to an account',
    'addressesAtService(given, provider, values)',
    'given',
    'keeps only addresses at the own service',
  ),
  kubernetes(
    'kubectl gets the version of the answer that it asks for',
    "if (typeof version === 'string' && VERSIONS.includes(version)) return version",
    'if (VERSIONS.includes(version)) return VERSION',
    'answers kubectl',
  ),
  kubernetes(
    'kubectl gets only tokens that it can send',
    "if (scheme.toLowerCase() === 'bearer') return credential",
    "if (scheme !== '') return credential",
    'gives no token that is not a Bearer',
  ),
  cargo(
    'cargo gets no token of another account than the one that it names',
    "if (username !== undefined && !isNamed(account, username)) return refusal('not-found')",
    '',
    'gives no token of another account than that',
  ),
  cargo(
    'cargo is told first which protocol it can speak',
    'say({ v: [1] })\n',
    '',
    'speaks first, and replies to each line while the input stays open',
  ),
]
