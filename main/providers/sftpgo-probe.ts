import { readMembers } from './members.ts'
import type { AccessToken, FormValues, ProviderContext } from './provider.ts'
import { bearer, callSftpgo, isOwn, refusal } from './sftpgo-call.ts'
import { isApiKey, KEY_HEADER } from './sftpgo-keys.ts'

/** Does the service still accept this JWT or API key? */
export async function probeToken(
  token: AccessToken,
  values: FormValues,
  context: ProviderContext,
): Promise<'accepted' | 'refused'> {
  const isKey = isApiKey(token)
  const actsAsAdmin = values['role'] === 'admin' && !(isKey && values['keyUser'])
  const path = actsAsAdmin ? '/api/v2/version' : '/api/v2/user/profile'
  const headers = isKey ? { [KEY_HEADER]: token.value.reveal() } : bearer(token.value)
  const answer = await callSftpgo(values, { method: 'GET', path, headers }, context)
  // 403: the token is good and the account may not do this, for example before it has changed
  // its password.
  if (answer.status === 403) return 'accepted'
  if (answer.status === 200) {
    readMembers(answer)
    return 'accepted'
  }
  // A key that was deleted is a 400: the service does not know its id.
  if (isOwn(answer, 401) || (isKey && isOwn(answer, 400))) return 'refused'
  throw refusal(answer, values, context)
}
