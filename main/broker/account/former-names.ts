import type { GrantRecord } from '../../settings/schema.ts'

/** A grant remembers this many former names of its account. */
const MOST_NAMES = 10

type Grants = readonly GrantRecord[]

/**
 * The grants after an account was renamed. A tool that was granted the account under its old name can still
 * use that name until the grant expires or another account takes the name.
 */
export function afterRename(grants: Grants, uid: string, before: string, id: string): Grants {
  return afterTaking(grants, id).map((grant) =>
    grant.account === uid
      ? { ...grant, formerly: [...(grant.formerly ?? []), before].slice(-MOST_NAMES) }
      : grant,
  )
}

/** The grants after an account has taken this id: for all tools the id now means this account. */
export function afterTaking(grants: Grants, id: string): Grants {
  const meansIt = ({ formerly }: GrantRecord) => formerly?.includes(id) === true
  return grants.some(meansIt) ? grants.map((grant) => without(grant, id)) : grants
}

function without({ formerly, ...grant }: GrantRecord, id: string): GrantRecord {
  const left = formerly?.filter((name) => name !== id) ?? []
  return { ...grant, ...(left.length > 0 && { formerly: left }) }
}
