import { useState } from 'react'
import type { AccountView } from '../../preload/snapshot.ts'
import { Button } from '../parts/button.tsx'
import { Screen } from '../parts/screen.tsx'
import { TextField } from '../parts/text-field.tsx'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge } from '../state/page.tsx'

/** The pages that a service has for an account, by a link that logs in. */
export function Portal({ account }: { account: AccountView }) {
  const { uid, id } = account
  const [application, setApplication] = useState('')
  const bridge = useBridge()
  const { run } = useFeedback()
  const other = application.trim()
  const use = (how: 'open' | 'copy') =>
    run(
      () => (other === '' ? bridge.portal(uid, how) : bridge.portal(uid, how, other)),
      () =>
        how === 'open'
          ? [`Opened in the browser: ${other || id}.`]
          : ['The link was copied. It is good for one visit.'],
    )
  return (
    <Screen title="Portal" hasBack>
      <p className="lead">
        A link opens the pages of {id}, logged in. It is good for one visit, and whoever has it is
        let in.
      </p>
      <div className="fields">
        <TextField
          id="portal-application"
          label="Another application"
          isOptional
          help="Of the same key: its id or uid. Left empty: that of the account."
          value={application}
          set={setApplication}
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
