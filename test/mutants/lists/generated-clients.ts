import type { Mutant } from '../mutant.ts'

const schemas = 'main/loopback/management/openapi-schemas.ts'
const inDocument = (test: string) => ({ file: 'test/loopback/management/openapi.test.ts', test })

/** Generators create usable clients from openapi.json. */
export const generatedClients: readonly Mutant[] = [
  {
    promise: 'a model used in several responses is one type in a generated client',
    changes: [
      {
        file: 'main/loopback/schemas/schemas.ts',
        find: 'export { leaseKind, silentHost }',
        replace: 'export { leaseKind }',
      },
    ],
    noticedBy: inDocument(
      'names each model, so that generated clients do not create several types for one',
    ),
  },
  {
    promise: 'an enum used in several bodies is one type in a generated client',
    changes: [
      {
        file: 'main/loopback/schemas/schemas.ts',
        find: 'export { leaseKind, silentHost }',
        replace: 'export { silentHost }',
      },
    ],
    noticedBy: inDocument(
      'names each model, so that generated clients do not create several types for one',
    ),
  },
  {
    promise: 'a Java client compiles: no map has a default',
    changes: [
      {
        file: schemas,
        find: "  if (typeof schema.default === 'object') delete schema.default\n",
        replace: '',
      },
    ],
    noticedBy: inDocument('has nothing that generators cannot handle'),
  },
  {
    promise: 'a value that is true or absent is a boolean in a generated client',
    changes: [
      {
        file: schemas,
        find: "  if (schema.type === 'boolean') delete schema.const\n",
        replace: '',
      },
    ],
    noticedBy: inDocument('has nothing that generators cannot handle'),
  },
  {
    promise: 'a Go client sends service names as the endpoint expects them',
    changes: [
      {
        file: 'main/loopback/management/openapi-forms.ts',
        find: "resource: {\n        type: 'string',",
        replace: "resource: {\n        ...{ type: 'array', items: { type: 'string' } },",
      },
    ],
    noticedBy: inDocument('has nothing that generators cannot handle'),
  },
  {
    promise: 'a generated client documents that timestamps are in seconds',
    changes: [
      {
        file: 'main/loopback/schemas/schema-parts.ts',
        find: "z.int().describe('Epoch seconds.')",
        replace: 'z.int()',
      },
    ],
    noticedBy: inDocument('says that all times are in seconds, which types cannot express'),
  },
]
