import { readFileSync } from 'node:fs'
import { get as getPlain } from 'node:http'
import { get as getSecure } from 'node:https'

export interface Look {
  readonly url: string
  readonly authorityFile?: string
  readonly token?: string
}

/** The status and text of one GET; rejects when nobody answers within two seconds. Only for asking whether something is up. */
export function look({ url, authorityFile, token }: Look): Promise<{ readonly status: number; readonly text: string }> {
  const get = url.startsWith('https:') ? getSecure : getPlain
  const trust = authorityFile === undefined ? { rejectUnauthorized: false } : { ca: readFileSync(authorityFile) }
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return new Promise((resolve, reject) => {
    const request = get(url, { ...trust, headers, timeout: 2_000, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      )
    })
    request.on('timeout', () => request.destroy(new Error(`looking at ${url}: no answer within 2 s`)))
    request.on('error', reject)
  })
}

export const answersOk = async (at: Look): Promise<boolean> => (await look(at)).status === 200
