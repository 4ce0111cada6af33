import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import path from 'node:path'
import type { AgentProcess } from './agent-process.ts'

/** A client of the agent, for requests that the load generator does not make. */
export interface BenchTool {
  readonly authorization: string
  /** Posts a form and resolves to the JSON that came back; throws what is not 200. */
  post(url: string, form: string): Promise<Record<string, unknown>>
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 })

/** Makes a client for an account, by the command line. */
export async function addBenchTool(
  running: AgentProcess,
  home: string,
  accounts: string,
): Promise<BenchTool> {
  const config = path.join(home, 'bench.curl')
  await running.tokentray(
    ['tools', 'add', 'bench', '--accounts', accounts, '--curl-config', config],
    '',
  )
  return toTool(home)
}

/** The client that an earlier run made in this home. */
export function toTool(home: string): BenchTool {
  const text = readFileSync(path.join(home, 'bench.curl'), 'utf8')
  const [, user = ''] = /user = "(.*)"/.exec(text) ?? []
  const authorization = `Basic ${Buffer.from(user).toString('base64')}`
  return { authorization, post: (url, form) => post(url, form, authorization) }
}

function post(url: string, form: string, authorization: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
    const call = request(url, { agent, method: 'POST', headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(JSON.parse(text) as Record<string, unknown>)
        else reject(new Error(`${url} answered ${answer.statusCode}.`))
      })
    })
    call.on('error', reject)
    call.end(form)
  })
}

/** Does something so many times, a few at a time. */
export async function repeat(count: number, work: () => Promise<unknown>): Promise<void> {
  let left = count
  const worker = async () => {
    while (left > 0) {
      left -= 1
      await work()
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker))
}
