import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { type Json } from '../src/kernel/json.ts'
import type { Bed } from './bed.ts'

export interface BulkRequest {
  readonly method: 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: Json
  /** What kind of patch the body is. */
  readonly patch?: 'merge' | 'strategic-merge'
}

const inFlightMax = 8

/**
 * Many small requests as administrator, a few at a time. kubectl sends one after the other and takes a process for each
 * command: hundreds of nodes would take minutes, and a storm would be a drizzle.
 */
export async function sendAll(bed: Bed, requests: readonly BulkRequest[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlightMax, ca: readFileSync(bed.authorityFile) })
  try {
    const queue = requests.values()
    const work = async (): Promise<void> => {
      for (const each of queue) await send(bed, agent, each)
    }
    await Promise.all(Array.from({ length: inFlightMax }, work))
  } finally {
    agent.destroy()
  }
}

function send({ server, tokens }: Bed, agent: Agent, { method, path, body, patch }: BulkRequest): Promise<void> {
  const content = patch === undefined ? 'application/json' : `application/${patch}-patch+json`
  const headers = { authorization: `Bearer ${tokens.admin}`, 'content-type': content }
  return new Promise((resolve, reject) => {
    const sent = request(`${server}${path}`, { agent, method, headers, timeout: 60_000 }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('error', reject)
      response.on('end', () => {
        const { statusCode = 0 } = response
        if (statusCode < 300) return resolve()
        reject(new Error(`${method} ${path}: ${statusCode} ${text.slice(0, 300)}`))
      })
    })
    sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer within 60 s`)))
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
