import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { systemClock } from '../../../main/base/clock.ts'
import { OwnerFinder } from '../../../main/base/sockets/owner-finder.ts'
import { toSought } from '../../../main/base/sockets/socket-table.ts'

/* Asks for the user of a connection to itself, prints it, and leaves the thread as it is. */

const server = createServer().listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
const client = connect(port, '127.0.0.1')
const [socket] = (await once(server, 'connection')) as [Socket]
const theirs = { address: '127.0.0.1', port: socket.remotePort ?? 0 }
const failed = (error: unknown) => void process.stderr.write(`${error}\n`)
const finder = new OwnerFinder({ clock: systemClock, failed })
const [uid] = await finder.find([toSought(theirs, { address: '127.0.0.1', port })])
process.stdout.write(`${uid}\n`)
for (const each of [client, socket]) each.destroy()
server.close()
