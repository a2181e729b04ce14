import { writeFileSync } from 'node:fs'
import { Agent, fetch } from 'undici'
import { crdOf, customResource } from '../src/sim/api-server/crd/fixtures/crd.fixture.ts'
import { crdCases } from '../src/sim/api-server/crd/fixtures/crd-cases.ts'
import { schemaCases, statusCases, statusSchema } from '../src/sim/api-server/crd/fixtures/validation-cases.ts'

/**
 * Asks a real kube-apiserver about every case of the validation fixtures and writes down what it says.
 * Usage: node scripts/record-validation.ts https://127.0.0.1:6443 TOKEN
 */
const [server = '', token = ''] = process.argv.slice(2)
const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: Answer }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const init = { method, headers, dispatcher, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  const answer = await fetch(`${server}${path}`, init)
  const text = await answer.text()
  return { status: answer.status, body: (text.startsWith('{') ? JSON.parse(text) : { message: text }) as Answer }
}

interface Answer {
  readonly message?: string
  readonly spec?: unknown
  readonly status?: unknown
  readonly metadata?: { readonly resourceVersion?: string }
  readonly details?: {
    readonly causes?: readonly { readonly field?: string; readonly message?: string; readonly reason?: string }[]
  }
}

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

async function recordObjects(): Promise<Record<string, unknown>> {
  const recorded: Record<string, unknown> = {}
  for (const { name, spec, cases } of schemaCases) {
    const created = await ask('POST', crds, crdOf(name, spec))
    if (created.status !== 201) throw new Error(`${name}: ${created.body.message}`)
    const path = `/apis/edge.example.com/v1/${name}`
    while ((await ask('GET', path)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 200))
    for (const [index, one] of cases.entries()) {
      const object = customResource(name, `case-${index}`, one.spec)
      recorded[`${name}: ${one.title}`] = verdict(await answerTo(path, object, one.before))
      const strict = await ask('POST', `${path}?fieldValidation=Strict&dryRun=All`, {
        ...object,
        metadata: { name: 'strict' },
      })
      if (strict.status === 400) recorded[`${name}: ${one.title} (strict)`] = strict.body.message
    }
    await ask('DELETE', `${crds}/${name}.edge.example.com`)
  }
  return recorded
}

/** One object, and what its status endpoint said. */
async function recordStatuses(): Promise<Record<string, unknown>> {
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object' }, status: statusSchema } } }
  await ask('POST', crds, crdOf('reports', {}, { schema, subresources: { status: {} } }))
  const path = '/apis/edge.example.com/v1/reports'
  while ((await ask('GET', path)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 200))
  const recorded: Record<string, unknown> = {}
  for (const [index, { title, status }] of statusCases.entries()) {
    const object = customResource('reports', `case-${index}`, {})
    const { metadata } = (await ask('POST', path, object)).body
    recorded[title] = verdict(
      await ask('PUT', `${path}/${object.metadata.name}/status`, { ...object, metadata, status }),
    )
  }
  await ask('DELETE', `${crds}/reports.edge.example.com`)
  return recorded
}

async function answerTo(path: string, object: ReturnType<typeof customResource>, before: unknown) {
  if (before === undefined) return await ask('POST', path, object)
  const { metadata } = (await ask('POST', path, { ...object, spec: before })).body
  return await ask('PUT', `${path}/${object.metadata.name}`, { ...object, metadata })
}

function verdict({ status, body }: { status: number; body: Answer }): unknown {
  if (status < 300) return { spec: body.spec, status: body.status }
  return { causes: body.details?.causes ?? [], message: body.message }
}

async function recordCrds(): Promise<Record<string, unknown>> {
  const recorded: Record<string, unknown> = {}
  for (const { title, crd } of crdCases) recorded[title] = verdict(await ask('POST', `${crds}?dryRun=All`, crd))
  return recorded
}

const file = new URL('../src/sim/api-server/crd/fixtures/recorded.json', import.meta.url)
const recorded = { objects: await recordObjects(), statuses: await recordStatuses(), crds: await recordCrds() }
writeFileSync(
  file,
  `${JSON.stringify(recorded, undefined, 1)}
`,
)
await dispatcher.close()
