import { changeIn, type Mutant } from '../mutant.ts'

const rules = changeIn('main/base/forms/form-fields.ts', 'test/base/forms/form-fields.test.ts')

/** One set of rules for a form, which program, command line and page ask. */
export const formFields: readonly Mutant[] = [
  rules(
    'a field below a choice that does not apply does not apply either',
    '  if (isThere === false) return false\n',
    '',
    'are told by what was given, as far as that decides it',
  ),
  rules(
    'a choice that was left empty decides nothing',
    "  if (chosen === '') return null\n",
    '',
    'are told by what was given, as far as that decides it',
  ),
  rules(
    'a choice that was left empty has its default',
    "if (trimmed === '') return field.default ?? ''",
    "if (trimmed === '') return ''",
    'is not missing where there is a default',
  ),
  rules(
    'blanks around an id are not part of it',
    "field.kind === 'url' || field.shape ? trimmed : text",
    "field.kind === 'url' ? trimmed : text",
    'is faultless or not',
  ),
  rules(
    'a secret is what was typed, blanks and all',
    "  if (field.kind === 'secret') return text\n",
    '',
    ' is missing: ',
  ),
  rules(
    'no value has a line break in it',
    'if (/\\p{Cc}/u.test(value))',
    'if (/\\p{Cn}/u.test(value))',
    'is faultless or not',
  ),
  rules(
    'an address is held against its shape without the slash at its end',
    "hasShape(field, kind === 'url' ? toAddress(value) : value)",
    'hasShape(field, value)',
    'is faultless or not',
  ),
  {
    promise: 'the command line says what is wrong by the form alone before it asks',
    changes: [
      {
        file: 'main/cli/login/ask-value.ts',
        find: 'const fault = faultOf(field, value)',
        replace: 'const fault = null as ReturnType<typeof faultOf>',
      },
    ],
    noticedBy: {
      file: 'test/cli/login/login-terminal.test.ts',
      test: 'what is wrong by the form alone is said without asking the running Tokentray',
    },
  },
  {
    promise: 'the page says the same of a value as the program',
    changes: [
      {
        file: 'renderer/form/fields.ts',
        find: 'const fault = faultOf(field, read(field))',
        replace: "const fault = field.kind === 'url' ? null : faultOf(field, read(field))",
      },
    ],
    noticedBy: {
      file: 'test/base/forms/form-fields.test.ts',
      test: 'what the program says',
    },
  },
]
