import type { LingeringView } from '../../preload/snapshot.ts'
import { toFate } from '../text/endings.ts'
import { holder } from '../text/names.ts'
import { Ticking } from './countdown.tsx'

interface LingeringProps {
  readonly tokens: readonly LingeringView[]
  readonly showAccount: boolean
}

/** The tokens that live on though nobody holds them, and what becomes of each; nothing if there is none. */
export function Lingering({ tokens, showAccount }: LingeringProps) {
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
  if (use !== 'lease') return use === 'login' ? 'Made while logging in' : 'Session'
  return client === undefined ? 'Token of a tool' : holder(client)
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
