import type { GrantRecord } from '../../settings/schema.ts'

/** A grant remembers so many names of its account, the latest. */
const MOST_NAMES = 10

type Grants = readonly GrantRecord[]

/**
 * The grants after an account has got another name. A tool that was granted it under the old one goes
 * on using that, until its grant ends or another account has that name.
 */
export function afterRename(grants: Grants, uid: string, before: string, id: string): Grants {
  return afterTaking(grants, id).map((grant) =>
    grant.account === uid
      ? { ...grant, formerly: [...(grant.formerly ?? []), before].slice(-MOST_NAMES) }
      : grant,
  )
}

/** The grants once an account has this id: it is what the id means now, to all tools. */
export function afterTaking(grants: Grants, id: string): Grants {
  const meansIt = ({ formerly }: GrantRecord) => formerly?.includes(id) === true
  return grants.some(meansIt) ? grants.map((grant) => without(grant, id)) : grants
}

function without({ formerly, ...grant }: GrantRecord, id: string): GrantRecord {
  const left = formerly?.filter((name) => name !== id) ?? []
  return { ...grant, ...(left.length > 0 && { formerly: left }) }
}
