import { type RefObject, type SyntheticEvent, useLayoutEffect, useRef, useState } from 'react'
import { applying, isSecret } from '../../main/base/forms/form-fields.ts'
import type { AccountView, FieldView, ProviderView } from '../../preload/snapshot.ts'
import { Button } from '../parts/button.tsx'
import { FailureBox } from '../parts/failure-box.tsx'
import { TextField } from '../parts/text-field.tsx'
import { FieldRow } from './field-row.tsx'
import { isSecondary, startValues, type Values, withSchemes } from './fields.ts'
import { takeSecrets } from './secrets.ts'
import { type EnteredForm, type LoginChoice, useLogin } from './use-login.ts'

type CredentialSource = Pick<AccountView, 'uid' | 'id'>

interface LoginFormProps {
  readonly provider: ProviderView
  /** The stored values of an account that is logged in again. */
  readonly stored?: Values
  /** Accounts whose credential may be used. Present for a new account, which may be given a name. */
  readonly credentialSources?: readonly CredentialSource[]
  /** Each login needs a one-time code and the password is saved: only the code is asked for. */
  readonly needsCode?: boolean
  readonly send: (request: LoginChoice) => Promise<unknown>
  readonly cancel: () => void
}

/** The id of the button that sends the form although the service asked for no requests. */
const TRY_NOW = 'login-try-now'

/** A login form, drawn from the fields of its provider. */
export function LoginForm(props: LoginFormProps) {
  const { provider, stored = {}, credentialSources, needsCode = false, send, cancel } = props
  const form = useRef<HTMLFormElement>(null)
  const [own, setOwn] = useState(() => startValues(provider.fields, stored))
  const [ownWithKey, setOwnWithKey] = useState<Values>({})
  const [name, setName] = useState('')
  const [copyFrom, setCopyFrom] = useState(credentialSources?.[0]?.uid ?? '')
  const values = copyFrom === '' ? own : ownWithKey
  const { fields: all } = provider
  const login = useLogin(form, needsCode, all)
  useForgetting(form)

  const fields = shownFields()
  const isMore = (field: (typeof fields)[number]) =>
    copyFrom === ''
      ? isSecondary(field, provider.fields)
      : !field.required || field.default !== undefined
  const set = (field: string) => (value: string) => {
    login.forget(field)
    if (copyFrom === '') setOwn({ ...own, [field]: value })
    else setOwnWithKey({ ...ownWithKey, [field]: value })
  }
  function shownFields(): readonly FieldView[] {
    if (login.isCodeAlone) {
      return all.filter(({ kind }) => kind === 'code').map((code) => ({ ...code, required: true }))
    }
    // With the credential of another account, empty fields take that account's values.
    if (copyFrom) return all.filter((field) => !isSecret(field))
    return applying(all, own).filter(({ kind }) => kind !== 'code' || login.asksCode)
  }
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    if (!form.current) return
    // Enter sends the form before the focus leaves the field.
    const complete = withSchemes(fields, values)
    if (copyFrom === '') setOwn(complete)
    else setOwnWithKey(complete)
    const entered: EnteredForm = { fields, values: complete, stored, name, copyFrom }
    const isTryNow = (event.nativeEvent as SubmitEvent).submitter?.id === TRY_NOW
    const request = isTryNow ? (choice: LoginChoice) => send({ ...choice, tryNow: true }) : send
    void login.submit(entered, takeSecrets(form.current, fields), request)
  }
  const more = fields.filter(isMore)
  // The user starts typing at the first field without a stored value.
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
        copyFrom && isMore(field)
          ? (credentialSources?.find(({ uid }) => uid === copyFrom)?.id ?? 'the other account')
          : undefined
      }
    />
  )
  return (
    <form ref={form} className="fields" onSubmit={submit} noValidate aria-busy={login.isBusy}>
      {login.failure && <FailureBox failure={login.failure} />}
      {credentialSources && credentialSources.length > 0 && (
        <div className="field">
          <label htmlFor="field-like">Key</label>
          <select
            id="field-like"
            value={copyFrom}
            onChange={(event) => setCopyFrom(event.target.value)}
          >
            {credentialSources.map(({ uid, id }) => (
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
      {(more.length > 0 || credentialSources) && (
        <details
          open={login.isMoreOpen}
          onToggle={(event) => login.setMore(event.currentTarget.open)}
        >
          <summary>More options</summary>
          <div className="fields">
            {credentialSources && (
              <TextField
                id="field-account-name"
                label="Name"
                isOptional
                help="In any script. Defaults to your user name."
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
 * Security: clears the inputs when the form goes away. React keeps the last value of an unmounted
 * input until another value replaces it.
 */
function useForgetting(form: RefObject<HTMLFormElement | null>): void {
  useLayoutEffect(() => {
    const element = form.current
    return () => {
      for (const input of element?.querySelectorAll('input') ?? []) input.value = ''
    }
  }, [form])
}
