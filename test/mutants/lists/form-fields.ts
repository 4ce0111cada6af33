import { changeIn, type Mutant } from '../mutant.ts'

const rules = changeIn('main/base/forms/form-fields.ts', 'test/base/forms/form-fields.test.ts')

/** One set of form rules, used by the main process, the command line and the page. */
export const formFields: readonly Mutant[] = [
  changeIn('main/base/text/parse-url.ts', 'test/base/text/parse-url.test.ts')(
    'an address with letters beyond ASCII is accepted however long Tokentray has been running',
    '  try {\n    return new URL(text, base)\n  } catch {\n    return null\n  }',
    '  return URL.canParse(text, base) ? new URL(text, base) : null',
    'answers the same after thousands of calls',
  ),
  rules(
    'a field that depends on an inapplicable choice does not apply either',
    '  if (isThere === false) return false\n',
    '',
    'are decided by the given values, if they decide it',
  ),
  rules(
    'an empty choice decides nothing',
    "  if (chosen === '') return null\n",
    '',
    'are decided by the given values, if they decide it',
  ),
  rules(
    'an empty choice takes its default',
    "if (trimmed === '') return field.default ?? ''",
    "if (trimmed === '') return ''",
    'is not missing if there is a default',
  ),
  rules(
    'blanks around an id are trimmed',
    "field.kind === 'url' || field.shape ? trimmed : text",
    "field.kind === 'url' ? trimmed : text",
    'is valid or not',
  ),
  rules(
    'a secret is kept as typed, including blanks',
    "  if (field.kind === 'secret') return text\n",
    '',
    ' is missing: ',
  ),
  rules(
    'no value may contain a line break',
    'if (/\\p{Cc}/u.test(value))',
    'if (/\\p{Cn}/u.test(value))',
    'is valid or not',
  ),
  rules(
    'an address is matched against its pattern without its trailing slash',
    "hasShape(field, kind === 'url' ? toAddress(value) : value)",
    'hasShape(field, value)',
    'is valid or not',
  ),
  {
    promise: 'the command line reports form errors before it asks anything',
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
    promise: 'the page reports the same about a value as the main process',
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
