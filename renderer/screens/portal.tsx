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
import { longest } from '../text/limits.ts'

const LABEL = 'Another application'

/** The pages that a service has for an account, by a link that logs in. */
export function Portal({ account }: { account: AccountView }) {
  const { uid, id } = account
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
          ? [`Opened in the browser: ${other || id}.`]
          : ['The link was copied. It is good for one visit.'],
    )
  }
  return (
    <Screen title="Portal" hasBack>
      <p className="lead">
        A link opens the pages of {id}, logged in. It is good for one visit, and whoever has it is
        let in.
      </p>
      <div className="fields">
        <TextField
          id="portal-application"
          label={LABEL}
          isOptional
          help="Of the same key: its id or uid. Left empty: that of the account."
          value={application}
          set={setApplication}
          {...(failure && { error: failure })}
        />
        <div className="buttons">
          <Button data-first look="primary" act={() => use('open')}>
            Open in the browser
          </Button>
          <Button act={() => use('copy')}>Copy the link</Button>
        </div>
      </div>
    </Screen>
  )
}
