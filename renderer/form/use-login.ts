import { type RefObject, useEffect, useRef, useState } from 'react'
import { isSecret, missing } from '../../main/base/forms/form-fields.ts'
import type { LoginRequest } from '../../preload/contract.ts'
import type { Failure } from '../../preload/failure.ts'
import type { FieldView } from '../../preload/snapshot.ts'
import { toFailure } from '../state/failure.ts'
import { isTypedName, NOT_A_DISPLAY_NAME } from '../text/names.ts'
import { inputId } from './field-row.tsx'
import { findMissing, findWrong, namedField, toSent, type Values } from './fields.ts'
import type { TypedSecrets } from './secrets.ts'

/** What a filled-in form asks for, besides the login itself. */
export interface LoginChoice extends LoginRequest {
  readonly name?: string
  /** The uid of the account whose credential is used. */
  readonly copyFrom?: string
}

/** The contents of a form when it is sent. */
export interface EnteredForm {
  /** The visible ones. */
  readonly fields: readonly FieldView[]
  readonly values: Values
  readonly stored: Values
  readonly name: string
  /** The uid of the account whose credential is used; empty for none. */
  readonly copyFrom: string
}

type Errors = Readonly<Record<string, Failure>>

const NAME = 'account-name'

/**
 * Sends a login form and shows a refusal at the field that it names, otherwise above the form, and
 * moves the focus there. A one-time code is asked for once the service may want one. For an account
 * that is known to need a code only the code is asked for, because its password is saved; once that
 * is refused, the password is asked for as well.
 */
export function useLogin(
  form: RefObject<HTMLFormElement | null>,
  needsCode: boolean,
  all: readonly FieldView[],
) {
  const [isCodeAlone, setCodeAlone] = useState(
    () => needsCode && all.some(({ kind }) => kind === 'code'),
  )
  const [isBusy, setBusy] = useState(false)
  const [asksCode, setAsksCode] = useState(needsCode)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [errors, setErrors] = useState<Errors>({})
  const [isMoreOpen, setMore] = useState(false)
  const focus = useRef<string | null>(null)

  useEffect(() => {
    if (focus.current === null) return
    const input = document.getElementById(inputId(focus.current))
    if (input?.closest('details:not([open])')) return
    focus.current = null
    input?.focus()
  })

  // Last, because moving the focus may have scrolled the error at the top out of view.
  useEffect(() => {
    if (failure) form.current?.firstElementChild?.scrollIntoView({ block: 'nearest' })
  }, [failure, form])

  const refuse = (field: string, refused: Failure) => {
    setErrors({ [field]: refused })
    setMore((isOpen) => isOpen || isHidden(form.current, field))
    focus.current = field
  }

  const place = (refused: Failure, { fields }: EnteredForm) => {
    const named = namedField(refused, fields)
    if (refused.field === 'name') return refuse(NAME, refused)
    if (named) return refuse(named.name, refused)
    if (refused.code === 'otp_required') setAsksCode(true)
    setFailure(refused)
    if (isCodeAlone && ABOUT_SECRETS.includes(refused.code)) return askForSecrets()
    // The secret inputs were emptied, so the user continues there.
    focus.current = fields.find(isSecret)?.name ?? null
    return undefined
  }

  const askForSecrets = () => {
    setCodeAlone(false)
    focus.current = all.find(({ kind }) => kind === 'secret')?.name ?? null
  }

  const submit = async (
    entered: EnteredForm,
    secrets: TypedSecrets,
    send: (request: LoginChoice) => Promise<unknown>,
  ): Promise<void> => {
    if (isBusy) return
    setFailure(null)
    setErrors({})
    const { fields, values, name, copyFrom } = entered
    const read = (field: FieldView) =>
      isSecret(field) ? secrets.read(field) : (values[field.name] ?? '')
    const empty = findMissing(fields, read)
    if (empty) return refuse(empty.name, { ...MISSING, ...missing(empty) })
    if (name !== '' && !isTypedName(name)) return refuse(NAME, NOT_A_DISPLAY_NAME)
    // Checked before sending, which would empty the secret inputs.
    const wrong = findWrong(fields, read)
    if (wrong) return refuse(wrong.field.name, wrong.failure)
    setBusy(true)
    const sending = send({
      values: toSent(fields, values, entered.stored),
      secrets: readAll(fields, secrets),
      ...(name !== '' && { name }),
      ...(copyFrom !== '' && { copyFrom }),
      ...readCode(fields, secrets),
    })
    secrets.clear()
    try {
      await sending
    } catch (error) {
      place(toFailure(error), entered)
    } finally {
      setBusy(false)
    }
  }

  const forget = (field: string) => {
    const { [field]: _, ...others } = errors
    setErrors(others)
  }

  return {
    isBusy,
    asksCode,
    isCodeAlone,
    askForSecrets,
    failure,
    errors,
    isMoreOpen,
    setMore,
    forget,
    submit,
  }
}

/** Refusals that may mean the saved password is wrong: then it is asked for. */
const ABOUT_SECRETS = ['wrong_credentials', 'otp_required', 'invalid_request']

const MISSING = { code: 'invalid_request', hint: 'Enter it to log in.' }

const isHidden = (form: HTMLFormElement | null, field: string) =>
  form?.querySelector(`details #${inputId(field)}`) !== null

function readAll(fields: readonly FieldView[], { read }: TypedSecrets): Values {
  return Object.fromEntries(
    fields.flatMap((field) => (field.kind === 'secret' ? [[field.name, read(field)]] : [])),
  )
}

/** The one-time code: present, possibly empty, if the form asks for one. */
function readCode(fields: readonly FieldView[], { read }: TypedSecrets) {
  const code = fields.find(({ kind }) => kind === 'code')
  return code ? { oneTimeCode: read(code).trim() } : {}
}
