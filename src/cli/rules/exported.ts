import { parse } from 'yaml'
import { isObject, type JsonObject } from '../../kernel/json.ts'
import type { Rule } from './rule-pack.ts'

type ExportAs = 'object' | 'configmap'

export interface ExportOptions {
  readonly as: ExportAs
  readonly namespace: string
}

/**
 * The objects that `kubectl apply` takes: policies and Prometheus rules as what they are, whatever else as ConfigMaps, one for each
 * folder.
 */
export function exported(rules: readonly Rule[], { as, namespace }: ExportOptions): readonly JsonObject[] {
  const asObject = (rule: Rule): boolean =>
    as === 'object' && (rule.kind === 'Policy' || rule.kind === 'PrometheusRules')
  const objects = rules.filter(asObject).map((rule) => objectOf(rule, namespace))
  const folders = Map.groupBy(
    rules.filter((rule) => !asObject(rule)),
    ({ file }) => file.path.split('/').slice(0, -1).join('/'),
  )
  return [...objects, ...[...folders].map(([folder, inside]) => configMapOf(folder, inside, namespace))]
}

function objectOf({ name, kind, file }: Rule, namespace: string): JsonObject {
  const value: unknown = parse(file.text)
  const object = isObject(value) ? value : {}
  if (kind === 'Policy') return object
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: objectName(name), namespace, labels },
    spec: object,
  }
}

const configMapOf = (folder: string, rules: readonly Rule[], namespace: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: objectName(folder), namespace, labels },
  data: Object.fromEntries(rules.map(({ file }) => [file.path.split('/').at(-1) ?? file.path, file.text])),
})

const labels = { 'app.kubernetes.io/name': 'prunella', 'app.kubernetes.io/component': 'rules' }

const objectName = (path: string): string => (path === '' ? 'prunella-rules' : `prunella-${path.replaceAll('/', '-')}`)
