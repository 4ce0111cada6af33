import { changeIn, type Mutant } from '../mutant.ts'

const inSchemas = changeIn('main/desktop/ipc/ipc-schemas.ts', 'test/desktop/ipc/ipc.test.ts')
const inCalls = changeIn('main/desktop/ipc/ipc.ts', 'test/desktop/ipc/ipc.test.ts')
const inForm = changeIn('renderer/form/use-login.ts', 'test/renderer/login.test.ts')
const inPortal = changeIn('renderer/screens/portal.tsx', 'test/renderer/managing.test.ts')
const inNames = changeIn(
  'main/loopback/schemas/schema-parts.ts',
  'test/loopback/management/account-forms.test.ts',
)
const inAddress = changeIn('main/base/forms/form-fields.ts', 'test/providers/http/base-url.test.ts')

/** What is longer than it may be is refused in words that say so, on whatever way it came. */
export const lengthLimits: readonly Mutant[] = [
  inSchemas(
    'the window is told the rule for names where one is refused',
    'isName, NO_NAME)',
    'isName)',
    'says of what is out of bounds how much there may be',
  ),
  inCalls(
    'the window is told how much there may be of what is too much',
    'must be at most',
    'is not',
    'says of what is out of bounds how much there may be',
  ),
  inForm(
    'what is too long is said before anything is sent, so that secrets stay',
    'const wrong = findWrong(fields, read)',
    'const wrong = findWrong(fields, (field) => read(field).slice(0, 99))',
    'says what is too long before anything is sent, and keeps all that was typed',
  ),
  inPortal(
    'a name of an application that is too long is refused at its field',
    'if (fault) return',
    '',
    'is not asked for where the name of the application is too long',
  ),
  inNames(
    'whoever sends a name over HTTP that is none is told the rule for names',
    ', NAME_RULE)',
    ')',
    'is said of a name with the rule for names',
  ),
  inAddress(
    'a host that is too long is refused before it is part of what an account is called',
    'hostname.length > LONGEST_HOST',
    'false',
    'refuses a host that is longer than names can be',
  ),
]
