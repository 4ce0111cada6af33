import { changeIn, type Mutant } from '../mutant.ts'

const tests = 'test/base/constant-time.test.ts'

/** Response times do not reveal how much of a secret is right. */
export const constantTime: readonly Mutant[] = [
  changeIn('main/broker/clients.ts', tests)(
    'the secret of a tool is compared in constant time',
    'timingSafeEqual(sha256(secret), known?.hash ?? UNKNOWN_HASH)',
    'sha256(secret).compare(known?.hash ?? UNKNOWN_HASH) === 0',
    'as a client secret, right or wrong',
  ),
  changeIn('main/broker/clients.ts', tests)(
    'refusing an unknown tool takes as long as refusing a wrong secret',
    'const right = timingSafeEqual(',
    'const right = known !== undefined && timingSafeEqual(',
    'as the secret of an unknown client, which takes as long',
  ),
  changeIn('main/loopback/oauth/authentication.ts', tests)(
    'the owner key is compared in constant time',
    '!timingSafeEqual(digest(key), this.#ownerDigest)',
    'digest(key).compare(this.#ownerDigest) !== 0',
    'as the owner key, right or wrong',
  ),
  changeIn('main/base/secret.ts', tests)(
    'secrets are compared with each other in constant time',
    'mine.length === theirs.length && timingSafeEqual(mine, theirs)',
    'this.#value === other.#value',
    'as a token to revoke',
  ),
  changeIn('main/loopback/found/discovery-files.ts', tests)(
    'no source file compares a revealed secret as a string',
    'kept && ownerKey.equals(new Secret(kept))',
    'kept === ownerKey.reveal()',
    'no source compares what a secret reveals, or a digest of one, in another way',
  ),
]
