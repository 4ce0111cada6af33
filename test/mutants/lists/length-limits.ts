import { changeIn, type Mutant } from '../mutant.ts'

const inSchemas = changeIn('main/desktop/ipc/ipc-schemas.ts', 'test/desktop/ipc/ipc.test.ts')
const inCalls = changeIn('main/desktop/ipc/ipc.ts', 'test/desktop/ipc/ipc.test.ts')
const inForm = changeIn('renderer/form/use-login.ts', 'test/renderer/login.test.ts')
const inPortal = changeIn('renderer/screens/portal.tsx', 'test/renderer/other-screens.test.ts')
const inNames = changeIn(
  'main/loopback/schemas/schema-parts.ts',
  'test/loopback/management/account-forms.test.ts',
)
const inAddress = changeIn('main/base/forms/form-fields.ts', 'test/providers/http/base-url.test.ts')

/** Values that are too long are refused with a clear error, wherever they come from. */
export const lengthLimits: readonly Mutant[] = [
  inSchemas(
    'the window receives the rule for names when one is refused',
    'isName, NO_NAME)',
    'isName)',
    'names the limit that is exceeded',
  ),
  inCalls(
    'the window receives the limit when a value is too long',
    'must be at most',
    'is not',
    'names the limit that is exceeded',
  ),
  inForm(
    'a value that is too long is reported before anything is sent, so that secrets stay local',
    'const wrong = findWrong(fields, read)',
    'const wrong = findWrong(fields, (field) => read(field).slice(0, 99))',
    'shows what is too long before anything is sent, and keeps everything typed',
  ),
  inPortal(
    'a too long application name is refused at its field',
    'if (fault) return',
    '',
    'is not requested if the application is too long',
  ),
  inNames(
    'an invalid name sent over HTTP is answered with the rule for names',
    ', NAME_RULE)',
    ')',
    'is reported for a name with the rule for names (',
  ),
  inAddress(
    'a too long host is refused before it becomes part of an account name',
    'hostname.length > LONGEST_HOST',
    'false',
    'refuses a host name that is too long',
  ),
]
