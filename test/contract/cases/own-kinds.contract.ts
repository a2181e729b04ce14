import { beforeAll, describe, expect, test, vi } from 'vitest'
import { customResourceDefinition } from '../../../src/api/crd/custom-resource-definition.ts'
import { definitions } from '../../../src/api/crd/definitions.ts'
import { apiVersionOf } from '../../../src/api/kind.ts'
import { policyKind } from '../../../src/api/v1alpha1/node-remediation-policy.ts'
import { at, type JsonObject, listAt, textAt } from '../../../src/kernel/json.ts'
import { type BadExample, withAt } from '../../fixtures/bad-example.ts'
import { badExamples } from '../../fixtures/bad-examples.ts'
import { deployExamples } from '../../fixtures/deploy-examples.ts'
import { goodExamples, goodHealth, goodPolicy, goodRun } from '../../fixtures/good-examples.ts'
import { accepted, failure, resourceVersionOf, statusOf, tableOf } from '../answers.ts'
import type { Client } from '../client.ts'
import { fresh } from '../objects.ts'
import type { Target } from '../target.ts'

const crdsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const dry = { dryRun: 'All' }

/** Our own kinds, as people meet them: what is admitted, what is refused and in which words, what `kubectl get` shows. */
export function ownKindCases({ client }: Target): void {
  describe('our own kinds', () => {
    beforeAll(() => install(client), 30_000)

    for (const { names } of definitions) {
      test(`the definition of ${names.kind} is accepted without a complaint`, async () => {
        const { body } = await client.get(`${crdsPath}/${names.plural}.prunella.dev`)
        const conditions = listAt(body, 'status', 'conditions')
        expect(conditions.map((condition) => textAt(condition, 'type'))).not.toContain('NonStructuralSchema')
        expect(conditions).toContainEqual(expect.objectContaining({ type: 'Established', status: 'True' }))
      })
    }

    for (const example of [...goodExamples, ...deployExamples]) {
      test(`the ${textAt(example, 'kind') ?? ''} ${textAt(example, 'metadata', 'name') ?? ''} is admitted`, async () => {
        const answer = await client.create(collectionOf(example), renamed(example), {
          ...dry,
          fieldValidation: 'Strict',
        })
        expect([201, 'exists already']).toContain(isTaken(answer.body) ? 'exists already' : answer.status)
      })
    }

    for (const example of badExamples) {
      test(`${example.kind} refuses ${example.name}`, async () => {
        expect(failure(await refusalOf(client, example))).toContain(example.expectedMessage)
      })
    }

    test('defaults are filled in, nested ones too', async () => {
      const { body } = accepted(await client.create(collectionOf(goodPolicy), renamed(goodPolicy), dry))
      expect(at(body, 'spec')).toMatchObject({
        mode: 'Observe',
        limits: { maxPerHour: 6, attempts: { max: 3, windowSeconds: 86_400 } },
        approval: { required: 1, onExpiry: 'Release' },
        history: { keep: 50 },
      })
      expect(at(body, 'spec', 'treatments', 0, 'verification')).toEqual({ stableSeconds: 60, timeoutSeconds: 600 })
    })

    test('the status of a run is written apart from its spec', async () => {
      const run = accepted(await client.create(collectionOf(goodRun), renamed(goodRun)))
      const path = `${collectionOf(goodRun)}/${textAt(run.body, 'metadata', 'name') ?? ''}`
      const status = { treatment: 'reboot', step: { name: 'Claiming', since: '2026-11-21T08:00:00Z' } }
      accepted(await client.mergePatch(path, { status: { treatment: 'other' } }))
      expect(statusOf(await client.get(path))).toBeUndefined()
      const written = accepted(await client.mergePatch(`${path}/status`, { spec: { retry: 9 }, status }))
      expect(at(written.body, 'status')).toMatchObject(status)
      expect(at(written.body, 'spec', 'retry')).toBe(1)
    })

    test('a belief is written with its status in one go', async () => {
      const name = fresh('node')
      const health = withAt(withAt(goodHealth, 'metadata.name', name), 'spec.node.name', name)
      accepted(await client.create(collectionOf(goodHealth), health))
      const path = `${collectionOf(goodHealth)}/${name}`
      expect(at((await client.get(path)).body, 'status', 'signals', 0, 'name')).toBe('kernelDeadlock')
    })

    test('runs are found by node', async () => {
      const name = fresh('node')
      accepted(await client.create(collectionOf(goodRun), withAt(renamed(goodRun), 'spec.node.name', name)))
      const found = await client.get(collectionOf(goodRun), { fieldSelector: `spec.node.name=${name}` })
      expect(listAt(found.body, 'items')).toHaveLength(1)
    })

    test('a policy shows what it does, and why it does not', async () => {
      const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
      const { columns, wideColumns } = tableOf(
        await client.send({ path: collectionOf(goodPolicy), headers: { accept } }),
      )
      expect(columns).toEqual(['Name', 'Mode', 'Ready', 'Nodes', 'Unhealthy', 'Held', 'Allowed', 'Reason', 'Age'])
      expect(wideColumns).toEqual(['Priority', 'Max', 'Load', 'Active'])
    })
  })
}

async function install(client: Client): Promise<void> {
  for (const definition of definitions) {
    const answer = await client.create(crdsPath, customResourceDefinition(definition))
    if (answer.status !== 409) accepted(answer)
  }
  await vi.waitFor(
    async () => {
      const answers = await Promise.all(definitions.map(({ names }) => client.get(pathOf(names.plural))))
      expect(answers.map(({ status }) => status)).toEqual(definitions.map(() => 200))
    },
    { timeout: 20_000, interval: 50 },
  )
}

const pathOf = (plural: string): string => `/apis/${apiVersionOf(policyKind)}/${plural}`

const collectionOf = (object: JsonObject): string =>
  pathOf(definitions.find(({ names }) => names.kind === object['kind'])?.names.plural ?? '')

/** Under a name of its own, where the name is free. */
function renamed(object: JsonObject): JsonObject {
  const name = textAt(object, 'metadata', 'name') ?? ''
  return object['kind'] === 'NodeHealth' || name === 'cluster' ? object : withAt(object, 'metadata.name', fresh(name))
}

const isTaken = (body: unknown): boolean => textAt(body, 'reason') === 'AlreadyExists'

async function refusalOf(client: Client, { manifest, old }: BadExample) {
  const path = collectionOf(manifest)
  if (old === undefined) return client.create(path, manifest, dry)
  const name = fresh('changed')
  const stored = accepted(await client.create(path, withAt(old, 'metadata.name', name)))
  return client.update(`${path}/${name}`, {
    ...manifest,
    metadata: { name, resourceVersion: resourceVersionOf(stored) },
  })
}
