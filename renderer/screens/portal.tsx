import { useState } from 'react'
import { tooLong } from '../../main/base/forms/form-fields.ts'
import type { Failure } from '../../preload/failure.ts'
import type { AccountView } from '../../preload/snapshot.ts'
import { toRefusal } from '../form/fields.ts'
import { Button } from '../parts/button.tsx'
import { Screen } from '../parts/screen.tsx'
import { TextField } from '../parts/text-field.tsx'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge } from '../state/page.tsx'
import { called } from '../text/accounts.ts'
import { longest } from '../text/limits.ts'

const LABEL = 'Another application'

/** Opening the service's portal for an account, by a link that logs in. */
export function Portal({ account }: { account: AccountView }) {
  const { uid } = account
  const name = called(account)
  const [application, setApplication] = useState('')
  const [failure, setFailure] = useState<Failure | null>(null)
  const bridge = useBridge()
  const { run } = useFeedback()
  const other = application.trim()
  const use = async (how: 'open' | 'copy') => {
    const fault = tooLong(LABEL, other, longest.application)
    setFailure(fault && toRefusal(fault))
    if (fault) return
    await run(
      () => (other === '' ? bridge.portal(uid, how) : bridge.portal(uid, how, other)),
      () =>
        how === 'open'
          ? [`Opened ${other || name} in your browser.`]
          : ['Link copied. It works once.'],
    )
  }
  return (
    <Screen title="Portal" hasBack>
      <p className="lead">
        Opens the portal for {name}, already logged in. The link works once; anyone who has it can
        use it.
      </p>
      <div className="fields">
        <TextField
          id="portal-application"
          label={LABEL}
          isOptional
          help="ID or UID of another application. Leave empty for this account's."
          value={application}
          set={setApplication}
          {...(failure && { error: failure })}
        />
        <div className="buttons">
          <Button data-first look="primary" act={() => use('open')}>
            Open in browser
          </Button>
          <Button act={() => use('copy')}>Copy link</Button>
        </div>
      </div>
    </Screen>
  )
}
