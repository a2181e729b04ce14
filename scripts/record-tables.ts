import { writeFileSync } from 'node:fs'
import { Agent, fetch } from 'undici'
import { columnPaths, printedObjects } from '../src/sim/api-server/tables/fixtures/objects.ts'

/**
 * Has a real kube-apiserver print the objects of the table fixtures, and writes down columns and rows.
 * Usage: node scripts/record-tables.ts https://127.0.0.1:6443 TOKEN
 */
const [server = '', token = ''] = process.argv.slice(2)
const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })
const tableType = 'application/json;as=Table;v=v1;g=meta.k8s.io'

interface Table {
  readonly message?: string
  readonly metadata: { readonly resourceVersion: string }
  readonly columnDefinitions: readonly unknown[]
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly conditions?: unknown }[]
}

async function ask(
  method: string,
  path: string,
  { body, accept = 'application/json' }: { body?: unknown; accept?: string } = {},
) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept }
  const init = { method, headers, dispatcher, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  const answer = await fetch(`${server}${path}`, init)
  return { status: answer.status, date: answer.headers.get('date') ?? '', body: (await answer.json()) as Table }
}

async function removeAll(): Promise<void> {
  for (const { path, object } of printedObjects)
    await ask('DELETE', `${path}/${object.metadata.name}?gracePeriodSeconds=0`)
}

await removeAll()
const columns: Record<string, unknown> = {}
const rows: unknown[] = []
const keyOf = (path: string): string =>
  path
    .replace(/^\/apis?\/(v1\/)?/, '')
    .replace(/\/v\d\//, '/')
    .replace(/namespaces\/default\//, '')

for (const { path, object } of printedObjects) {
  const created = await ask('POST', path, { body: object })
  if (created.status !== 201) throw new Error(`${object.metadata.name}: ${created.body.message}`)
  const name = `${path}/${object.metadata.name}`
  if (object['status'] !== undefined) {
    const written = await ask('PUT', `${name}/status`, { body: { ...object, metadata: created.body.metadata } })
    if (written.status !== 200) throw new Error(`${object.metadata.name}: ${written.body.message}`)
  }
  const printed = await ask('GET', name, { accept: tableType })
  const {
    columnDefinitions,
    rows: [row],
  } = printed.body
  columns[keyOf(path)] = columnDefinitions
  rows.push({
    key: keyOf(path),
    now: printed.date,
    object: (await ask('GET', name)).body,
    cells: row?.cells,
    conditions: row?.conditions,
  })
}
for (const path of columnPaths)
  columns[keyOf(path)] = (await ask('GET', path, { accept: tableType })).body.columnDefinitions
await removeAll()

const tables = new URL('../src/sim/api-server/tables/', import.meta.url)
writeFileSync(new URL('columns.json', tables), `${JSON.stringify(columns, undefined, 1)}\n`)
writeFileSync(new URL('fixtures/recorded.json', tables), `${JSON.stringify(rows, undefined, 1)}\n`)
await dispatcher.close()
