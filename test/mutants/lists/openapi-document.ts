import { changeIn, type Mutant } from '../mutant.ts'

const tests = 'test/loopback/management/openapi.test.ts'
const inDocument = changeIn('main/loopback/management/openapi.ts', tests)

/** What openapi.json says of the interface is so. */
export const openapiDocument: readonly Mutant[] = [
  inDocument(
    'openapi.json puts every operation into a part',
    'operations[method] = { tags: tagsOf(path), ...each }',
    "operations[method] = { tags: ['oauth'], ...each }",
    'has every operation in one part, and says what each part is about',
  ),
  inDocument(
    'openapi.json has the headers that come with a refusal',
    'headers: [...headers, ...comesWith(code)],',
    'headers,',
    'says with which refusals the headers come that say when and how to try again',
  ),
  changeIn('main/loopback/http/answers.ts', 'test/loopback/oauth/authentication.test.ts')(
    'no refusal carries a header that openapi.json does not have',
    "if (code === 'invalid_client') return ['WWW-Authenticate']",
    '',
    'and says how to send the secret',
  ),
]
