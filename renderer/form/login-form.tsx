import { type RefObject, type SyntheticEvent, useLayoutEffect, useRef, useState } from 'react'
import { applying, isSecret } from '../../main/base/forms/form-fields.ts'
import type { LoginRequest } from '../../preload/contract.ts'
import type { AccountView, FieldView, ProviderView } from '../../preload/snapshot.ts'
import { Button } from '../parts/button.tsx'
import { FailureBox } from '../parts/failure-box.tsx'
import { TextField } from '../parts/text-field.tsx'
import { FieldRow } from './field-row.tsx'
import { isSecondary, startValues, type Values } from './fields.ts'
import { takeSecrets } from './secrets.ts'
import { type Entered, useLogin } from './use-login.ts'

/** What a filled-in form asks for, besides the login itself. */
export interface LoginChoice extends LoginRequest {
  readonly name?: string
  readonly like?: string
}

type Lender = Pick<AccountView, 'uid' | 'id'>

interface LoginFormProps {
  readonly provider: ProviderView
  /** The values that are stored for an account that is logged in again. */
  readonly stored?: Values
  /** Accounts whose key may be used; a name may be given where this is present. */
  readonly lenders?: readonly Lender[]
  /** Each login takes a one-time code, and the password is kept: the code alone will do. */
  readonly needsCode?: boolean
  readonly send: (request: LoginChoice) => Promise<unknown>
  readonly cancel: () => void
}

/** The button that sends the form even though the service wants to be left alone. */
const TRY_NOW = 'login-try-now'

/** A login form, drawn from the fields of its provider. */
export function LoginForm(props: LoginFormProps) {
  const { provider, stored = {}, lenders, needsCode = false, send, cancel } = props
  const form = useRef<HTMLFormElement>(null)
  const [own, setOwn] = useState(() => startValues(provider.fields, stored))
  const [ownWithKey, setOwnWithKey] = useState<Values>({})
  const [name, setName] = useState('')
  const [like, setLike] = useState(lenders?.[0]?.uid ?? '')
  const values = like === '' ? own : ownWithKey
  const { fields: all } = provider
  const login = useLogin(form, needsCode, all)
  useForgetting(form)

  const fields = shownFields()
  const isMore = (field: (typeof fields)[number]) =>
    like === ''
      ? isSecondary(field, provider.fields)
      : !field.required || field.default !== undefined
  const set = (field: string) => (value: string) => {
    login.forget(field)
    if (like === '') setOwn({ ...own, [field]: value })
    else setOwnWithKey({ ...ownWithKey, [field]: value })
  }
  function shownFields(): readonly FieldView[] {
    if (login.isCodeAlone) {
      return all.filter(({ kind }) => kind === 'code').map((code) => ({ ...code, required: true }))
    }
    // With the key of another account, what is left empty is that account's.
    if (like) return all.filter((field) => !isSecret(field))
    return applying(all, own).filter(({ kind }) => kind !== 'code' || login.asksCode)
  }
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    if (!form.current) return
    const entered: Entered = { fields, values, stored, name, like }
    const isTryNow = (event.nativeEvent as SubmitEvent).submitter?.id === TRY_NOW
    const request = isTryNow ? (choice: LoginChoice) => send({ ...choice, tryNow: true }) : send
    void login.submit(entered, takeSecrets(form.current, fields), request)
  }
  const more = fields.filter(isMore)
  // Where the person begins to type: what is stored need not be typed again.
  const first = fields.find((field) => !isMore(field) && !values[field.name])
  const row = (field: (typeof fields)[number]) => (
    <FieldRow
      key={field.name}
      field={field}
      value={values[field.name] ?? ''}
      set={set(field.name)}
      error={login.errors[field.name]}
      isFirst={field === first}
      isExpected={needsCode && field.kind === 'code'}
      instead={
        like && isMore(field)
          ? `that of ${lenders?.find(({ uid }) => uid === like)?.id ?? 'the other account'}`
          : undefined
      }
    />
  )
  return (
    <form ref={form} className="fields" onSubmit={submit} noValidate aria-busy={login.isBusy}>
      {login.failure && <FailureBox failure={login.failure} />}
      {lenders && lenders.length > 0 && (
        <div className="field">
          <label htmlFor="field-like">Key</label>
          <select id="field-like" value={like} onChange={(event) => setLike(event.target.value)}>
            {lenders.map(({ uid, id }) => (
              <option key={uid} value={uid}>
                Use the key of {id}
              </option>
            ))}
            <option value="">Enter another key</option>
          </select>
        </div>
      )}
      {fields.filter((field) => !isMore(field)).map(row)}
      {login.isCodeAlone && (
        <div className="buttons">
          <Button id="other-password" look="quiet" act={login.askForSecrets}>
            Use another password
          </Button>
        </div>
      )}
      {(more.length > 0 || lenders) && (
        <details
          open={login.isMoreOpen}
          onToggle={(event) => login.setMore(event.currentTarget.open)}
        >
          <summary>More options</summary>
          <div className="fields">
            {lenders && (
              <TextField
                id="field-account-name"
                label="Name"
                isOptional
                prefix={`${provider.id}/`}
                help="What to call the account; left empty, it is made from the login."
                value={name}
                set={(text) => {
                  login.forget('account-name')
                  setName(text)
                }}
                error={login.errors['account-name']}
              />
            )}
            {more.map(row)}
          </div>
        </details>
      )}
      <div className="buttons end">
        <Button act={cancel}>Cancel</Button>
        {login.failure?.canTryNow && (
          <button
            type="submit"
            id={TRY_NOW}
            className="button"
            aria-disabled={login.isBusy || undefined}
          >
            Try once now
          </button>
        )}
        <button type="submit" className="button primary" aria-disabled={login.isBusy || undefined}>
          {login.isBusy ? 'Logging in…' : 'Log in'}
        </button>
      </div>
      <p className="hidden" role="status">
        {login.isBusy && 'Logging in'}
      </p>
    </form>
  )
}

/**
 * Security: what was typed and not sent goes with the form. React keeps the last value of an input
 * that it has let go of, until something else is in it.
 */
function useForgetting(form: RefObject<HTMLFormElement | null>): void {
  useLayoutEffect(() => {
    const element = form.current
    return () => {
      for (const input of element?.querySelectorAll('input') ?? []) input.value = ''
    }
  }, [form])
}
