import type { Accounts } from './account/accounts.ts'
import type { Leases } from './lease/leases.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { Logins } from './login/logins.ts'
import { program } from './record/actor.ts'
import type { Revoker } from './revocation/revoker.ts'

interface Parts {
  readonly accounts: Accounts
  readonly leases: Leases
  readonly logins: Logins
  readonly revoker: Revoker
}

/**
 * Closes every lease and revokes every token in the ledger, all at once, because a stop has a deadline; what it
 * does not reach is left to the next start.
 */
export async function revokeEverything(parts: Parts, ledger: Ledger): Promise<void> {
  const { leases, logins, revoker } = parts
  const accounts = parts.accounts.all()
  for (const { session } of accounts) session.close()
  leases.close(leases.list(), { by: program, cause: 'stopped' })
  const before = ledger.all()
  await Promise.all([
    revoker.revokeAll(before, 'user'),
    // A login or mint in progress revokes its own token when it finds the session closed.
    logins.settled(),
    ...accounts.map(({ session }) => session.settled()),
    ...accounts.map(({ mintQueue }) => mintQueue.run(async () => undefined)),
  ])
  // Tokens that arrived in the meantime are already being revoked by their requests; wait for those.
  const late = ledger.all().filter((item) => !before.includes(item))
  await revoker.revokeAll(late, 'user')
}
