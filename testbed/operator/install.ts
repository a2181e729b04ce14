import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { isObject, type JsonObject, textAt } from '../../src/kernel/json.ts'
import type { Kubectl } from '../kubectl.ts'
import type { Layout } from '../layout.ts'
import type { Say } from '../say.ts'

export const operatorNamespace = 'prunella-system'

/** The operator's kinds and rights, exactly as its users install them. */
export async function installOperator(kubectl: Kubectl, { repository }: Layout, say: Say): Promise<void> {
  const path = join(repository, 'deploy/install.yaml')
  if (!existsSync(path)) {
    await kubectl.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: operatorNamespace } }])
    return say('deploy/install.yaml is missing: the operator has no rights here until npm run generate has made it')
  }
  const { kinds, others } = sorted(readFileSync(path, 'utf8'))
  await kubectl.apply(kinds)
  const names = kinds.map((kind) => `crd/${textAt(kind, 'metadata', 'name')}`)
  await kubectl.run(['wait', '--for=condition=Established', '--timeout=20s', ...names])
  await kubectl.apply(others)
}

/** Kinds first. The Deployment is left out: here the operator runs beside the cluster, not in a pod that kwok only plays. */
export function sorted(manifest: string): {
  readonly kinds: readonly JsonObject[]
  readonly others: readonly JsonObject[]
} {
  const objects = parseAllDocuments(manifest)
    .map((document): unknown => document.toJS())
    .filter(isObject)
  const isKind = (object: JsonObject): boolean => textAt(object, 'kind') === 'CustomResourceDefinition'
  return {
    kinds: objects.filter(isKind),
    others: objects.filter((object) => !isKind(object) && textAt(object, 'kind') !== 'Deployment'),
  }
}
