import { mapInBatches } from '../../base/async/batches.ts'
import { TokentrayError } from '../../base/errors.ts'
import type { Broker } from '../../broker/broker.ts'
import { type Client, cliClient } from '../../broker/clients.ts'
import * as schemas from '../schemas/schemas.ts'
import { toClientAnswer, toEnd } from '../schemas/views.ts'
import { type Route, withBody, withoutBody } from './route.ts'

/** The tools, which the API calls clients, and which accounts each may use. */
export function clientRoutes(broker: Broker): Route[] {
  const { clients, accounts } = broker
  return [
    withoutBody({
      method: 'GET',
      path: '/v1/clients',
      operationId: 'listClients',
      summary: 'Lists the clients and their grants.',
      answer: schemas.clientsAnswer,
      handle: async () => ({
        clients: await mapInBatches(clients.records(), (record) => toClientAnswer(record, broker)),
      }),
    }),
    withBody({
      method: 'POST',
      path: '/v1/clients',
      operationId: 'addClient',
      reach: 'records',
      also: ['already_exists', 'not_found'],
      summary: 'Creates a client. Only this response contains its secret.',
      body: schemas.addClientRequest,
      answer: schemas.addedClientAnswer,
      status: 201,
      handle: async ({ body }) => {
        const uids = [...new Set(body.accounts)].map((id) => accounts.get(id).uid)
        const { client, secret } = clients.add(
          ...([body.name, { accountUids: uids, ...lifetimeIn(body) }, cliClient] as const),
        )
        return { ...clientAnswer(broker, client), secret: secret.reveal() }
      },
    }),
    withBody({
      method: 'PATCH',
      path: '/v1/clients/{name}',
      operationId: 'changeClient',
      reach: 'records',
      also: ['not_found', 'not_supported'],
      summary:
        'Sets the accounts that a client may use, and closes its leases for others; or sets the lifetime of its tokens.',
      body: schemas.changeClientRequest,
      answer: schemas.changedClientAnswer,
      handle: async ({ params, body }) => {
        const client = findAddedClient(broker, params['name'] ?? '')
        const uids = body.accounts && [...new Set(body.accounts)].map((id) => accounts.get(id).uid)
        const change = { ...(uids && { accountUids: uids }), ...lifetimeIn(body) }
        const ended = await broker.changeClient(client, change, cliClient)
        return { ...clientAnswer(broker, client), ...toEnd(ended, broker) }
      },
    }),
    withoutBody({
      method: 'POST',
      path: '/v1/clients/{name}/secret',
      operationId: 'renewClientSecret',
      reach: 'records',
      also: ['not_found', 'not_supported'],
      summary:
        'Gives a client another secret; the old one is refused at once. Only this response contains it.',
      answer: schemas.addedClientAnswer,
      handle: async ({ params }) => {
        const client = findAddedClient(broker, params['name'] ?? '')
        const secret = clients.newSecret(client, cliClient)
        return { ...clientAnswer(broker, client), secret: secret.reveal() }
      },
    }),
    withoutBody({
      method: 'DELETE',
      path: '/v1/clients/{name}',
      operationId: 'removeClient',
      reach: 'records',
      also: ['not_supported'],
      summary: 'Closes the leases of a client and removes it.',
      answer: schemas.endAnswer,
      handle: async ({ params }) => {
        const client = findAddedClient(broker, params['name'] ?? '')
        const ended = await broker.removeClient(client, cliClient)
        return toEnd(ended, broker)
      },
    }),
  ]
}

const lifetimeIn = ({
  lease_seconds: leaseSeconds,
}: {
  readonly lease_seconds?: number | undefined
}) => (leaseSeconds === undefined ? {} : { leaseSeconds })

/** The client as an answer; one that was removed meanwhile is `not_found`. */
function clientAnswer(broker: Broker, { id }: Client) {
  const record = broker.clients.records().find((each) => each.id === id)
  if (!record) throw notFound()
  return toClientAnswer(record, broker)
}

/** A client that was added by its name, or `not_found`; `not_supported` for a built-in one. */
function findAddedClient(broker: Broker, name: string): Client {
  const client = findClient(broker, name)
  if (!client.builtIn) return client
  throw new TokentrayError('not_supported', 'A built-in client cannot be changed or removed.')
}

const notFound = () => new TokentrayError('not_found', 'There is no such client.')

/** A client by its name, or `not_found`. */
export function findClient(broker: Broker, name: string): Client {
  const client = broker.clients.findByName(name)
  if (!client) throw notFound()
  return client
}
