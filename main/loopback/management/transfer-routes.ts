import { LONGEST_FILE } from '../../base/files/chosen-file.ts'
import type { Broker } from '../../broker/broker.ts'
import { cliClient } from '../../broker/clients.ts'
import { exportAll } from '../../broker/transfer/export.ts'
import { importAll } from '../../broker/transfer/import.ts'
import * as schemas from '../schemas/schemas.ts'
import { type Route, withBody, withoutBody } from './route.ts'

/** Export and import of accounts, tools and preferences. */
export function transferRoutes(broker: Broker): Route[] {
  return [
    withoutBody({
      method: 'GET',
      path: '/v1/export',
      operationId: 'exportAll',
      summary: 'Accounts, tools and preferences as a document without secrets, for an import.',
      answer: schemas.exportDocument,
      handle: async () => exportAll(broker),
    }),
    withBody({
      method: 'POST',
      path: '/v1/import',
      operationId: 'importAll',
      reach: 'records',
      also: ['temporarily_unavailable'],
      summary:
        'Adds the accounts of an exported document, logged out, its tools, which need a new secret, and sets preferences. Nothing that exists is changed, except preferences.',
      body: schemas.exportDocument,
      bodyLimit: LONGEST_FILE,
      answer: schemas.importAnswer,
      handle: async ({ body }) => importAll(body, broker, cliClient),
    }),
  ]
}
