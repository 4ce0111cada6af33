import type { SessionTokenView } from '../../preload/snapshot.ts'
import { toSessionFate } from '../text/revocation.ts'
import { Ticking } from './countdown.tsx'

interface SessionTokensProps {
  readonly tokens: readonly SessionTokenView[]
  readonly showAccount: boolean
}

/** Session tokens that no lease uses; nothing if there are none. */
export function SessionTokens({ tokens, showAccount }: SessionTokensProps) {
  if (tokens.length === 0) return null
  return (
    <section aria-labelledby="session-tokens">
      <div className="section-head">
        <h2 id="session-tokens">Session tokens</h2>
      </div>
      <ul className="list">
        {tokens.map((token) => (
          <li key={token.id} className="row">
            <div className="row-text">
              <span className="row-title">Session token</span>
              {showAccount && (
                <span className="row-line" title={token.account}>
                  {token.account}
                </span>
              )}
              <span className="quote">
                <Ticking moments={[token.endsAt]} read={(now) => toSessionFate(token, now)} />
              </span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
