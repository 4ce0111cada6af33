import type { LingeringView } from '../../preload/snapshot.ts'
import { holder } from '../text/names.ts'
import { toFate } from '../text/revocation.ts'
import { Ticking } from './countdown.tsx'

interface UnrevokedTokensProps {
  readonly tokens: readonly LingeringView[]
  readonly showAccount: boolean
}

/** Tokens that are not revoked although no one holds them, and what happens to each; nothing if there are none. */
export function UnrevokedTokens({ tokens, showAccount }: UnrevokedTokensProps) {
  if (tokens.length === 0) return null
  return (
    <section aria-labelledby="lingering">
      <div className="section-head">
        <h2 id="lingering">Not revoked</h2>
      </div>
      <ul className="list">
        {tokens.map((token) => (
          <li key={token.id} className="row">
            <div className="row-text">
              <span className="row-title">{nameOf(token)}</span>
              {showAccount && (
                <span className="row-line" title={token.account}>
                  {token.account}
                </span>
              )}
              <span className="quote">
                <Ticking
                  moments={[token.retryAt, token.endsAt]}
                  read={(now) => capital(toFate(token, now))}
                />
              </span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function nameOf({ use, client }: LingeringView): string {
  if (use !== 'lease') return use === 'login' ? 'Created while logging in' : 'Session token'
  return client === undefined ? 'A tool' : holder(client)
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
