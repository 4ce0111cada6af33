import { changeIn, type Mutant } from '../mutant.ts'

const tests = 'test/loopback/management/openapi.test.ts'
const inDocument = changeIn('main/loopback/management/openapi.ts', tests)

/** openapi.json describes the API correctly. */
export const openapiDocument: readonly Mutant[] = [
  inDocument(
    'openapi.json tags every operation',
    'operations[method] = { tags: tagsOf(path), ...each }',
    "operations[method] = { tags: ['oauth'], ...each }",
    'has one tag for every operation, and describes each tag',
  ),
  inDocument(
    'openapi.json declares the headers of refusals',
    'headers: [...headers, ...comesWith(code)],',
    'headers,',
    'declares the headers that say when and how to try again with their errors',
  ),
  changeIn('main/loopback/http/answers.ts', 'test/loopback/oauth/authentication.test.ts')(
    'no refusal has a header that openapi.json does not declare',
    "if (code === 'invalid_client') return ['WWW-Authenticate']",
    '',
    'and says how to send the secret',
  ),
]
