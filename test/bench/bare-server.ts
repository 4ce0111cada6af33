import { createServer } from 'node:http'

/*
 * The measure of all things: reads the body and answers these bytes with these headers, and does
 * nothing else. Gets both as JSON on standard input; prints its port.
 */

let input = ''
for await (const chunk of process.stdin) input += String(chunk)
const { headers, body } = JSON.parse(input) as { headers: Record<string, string>; body: string }

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    Buffer.concat(chunks)
    response.writeHead(200, headers)
    response.end(body)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address) console.log(address.port)
})
