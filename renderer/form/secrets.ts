import { isSecret } from '../../main/base/forms/form-fields.ts'
import type { FieldView } from '../../preload/snapshot.ts'

/** The contents of the secret inputs of a form. */
export interface TypedSecrets {
  readonly read: (field: FieldView) => string
  /** Empties the inputs. */
  readonly clear: () => void
}

/** Security: until they are sent, secrets exist only in their inputs. */
export function takeSecrets(form: HTMLFormElement, fields: readonly FieldView[]): TypedSecrets {
  const inputs = fields.filter(isSecret).flatMap(({ name }) => {
    const input = form.elements.namedItem(name)
    return input instanceof HTMLInputElement ? [[name, input] as const] : []
  })
  const byName = new Map(inputs)
  return {
    read: ({ name }) => byName.get(name)?.value ?? '',
    clear: () => {
      for (const input of byName.values()) input.value = ''
    },
  }
}
