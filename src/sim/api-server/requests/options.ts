import { isObject, type JsonObject, numberAt, textAt } from '../../../kernel/json.ts'
import type { ApiRequest } from '../api-request.ts'
import type { Cause } from '../crd/cause.ts'
import { invalidValue, notSupported } from '../errors/causes.ts'
import { badRequest, invalid } from '../errors/status-error.ts'

/** A number in a query. Throws a 400 in Go's words. */
export function numberIn(query: ApiRequest['query'], name: string): number | undefined {
  const text = query?.[name]
  if (text === undefined || text === '') return undefined
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

/** Anything but `false` and `0` is true, as Go's conversion has it. */
export function flagIn(query: ApiRequest['query'], name: string): boolean {
  const text = query?.[name]
  return text !== undefined && text !== '0' && text.toLowerCase() !== 'false'
}

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict'

export interface WriteOptions {
  readonly dryRun: boolean
  readonly fieldValidation: FieldValidation
}

/** `kind`: CreateOptions, UpdateOptions or PatchOptions. Throws a 422. */
export function writeOptions({ query }: ApiRequest, kind: string): WriteOptions {
  const [dryRun, validation] = [query?.['dryRun'] ?? '', query?.['fieldValidation'] ?? '']
  const chosen = validations.find((known) => known === validation)
  const causes = [
    ...(dryRun === '' || dryRun === 'All' ? [] : [notSupported('dryRun', [dryRun], ['All'])]),
    ...(chosen !== undefined || validation === ''
      ? []
      : [notSupported('fieldValidation', validation, ['', ...validations])]),
  ]
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind }, '', causes)
  return { dryRun: dryRun === 'All', fieldValidation: chosen ?? 'Warn' }
}

const validations = ['Ignore', 'Strict', 'Warn'] as const

export type Propagation = 'Orphan' | 'Background' | 'Foreground'

export interface DeleteOptions {
  readonly gracePeriodSeconds: number | undefined
  readonly uid: string | undefined
  readonly resourceVersion: string | undefined
  /** Undefined: the resource's own default. */
  readonly propagation: Propagation | undefined
  readonly dryRun: boolean
}

/** From the body where there is one, from the query otherwise. Throws a 400 or 422. */
export function deleteOptions({ body, query }: Pick<ApiRequest, 'body' | 'query'>): DeleteOptions {
  const given = isObject(body) && Object.keys(body).length > 0 ? body : undefined
  const asked = given === undefined ? inQuery(query) : inBody(given, query)
  const causes = deleteCauses(asked)
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', causes)
  const { gracePeriodSeconds, orphanDependents, propagationPolicy, dryRun, preconditions } = asked
  const legacy = orphanDependents === undefined ? undefined : orphanDependents ? 'Orphan' : 'Background'
  return {
    gracePeriodSeconds,
    uid: textAt(preconditions, 'uid'),
    resourceVersion: textAt(preconditions, 'resourceVersion'),
    propagation: policies.find((known) => known === propagationPolicy) ?? legacy,
    dryRun: dryRun.length > 0,
  }
}

interface AskedDeletion {
  readonly gracePeriodSeconds: number | undefined
  readonly orphanDependents: boolean | undefined
  readonly propagationPolicy: string | undefined
  readonly dryRun: readonly unknown[]
  readonly preconditions: unknown
}

const inQuery = (query: ApiRequest['query']): AskedDeletion => ({
  gracePeriodSeconds: numberIn(query, 'gracePeriodSeconds'),
  orphanDependents: query?.['orphanDependents'] === undefined ? undefined : flagIn(query, 'orphanDependents'),
  propagationPolicy: query?.['propagationPolicy'],
  dryRun: dryRunIn(query),
  preconditions: undefined,
})

const dryRunIn = (query: ApiRequest['query']): readonly string[] =>
  query?.['dryRun'] === undefined ? [] : [query['dryRun']]

function inBody(body: JsonObject, query: ApiRequest['query']): AskedDeletion {
  const kind = body['kind'] ?? 'DeleteOptions'
  if (kind !== 'DeleteOptions') {
    const version = JSON.stringify(body['apiVersion'] ?? '')
    throw badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version ${version} in scheme "pkg/runtime/scheme.go:111"`,
    )
  }
  const { orphanDependents, dryRun } = body
  return {
    gracePeriodSeconds: numberAt(body, 'gracePeriodSeconds'),
    orphanDependents: typeof orphanDependents === 'boolean' ? orphanDependents : undefined,
    propagationPolicy: textAt(body, 'propagationPolicy'),
    dryRun: Array.isArray(dryRun) ? dryRun : dryRunIn(query),
    preconditions: body['preconditions'],
  }
}

const policies = ['Foreground', 'Background', 'Orphan'] as const

function deleteCauses({ propagationPolicy, orphanDependents, dryRun }: AskedDeletion): readonly Cause[] {
  const isUnknown = propagationPolicy !== undefined && !policies.some((known) => known === propagationPolicy)
  return [
    ...(propagationPolicy !== undefined && orphanDependents !== undefined
      ? [
          invalidValue(
            'propagationPolicy',
            propagationPolicy,
            'orphanDependents and deletionPropagation cannot be both set',
          ),
        ]
      : []),
    ...(isUnknown ? [notSupported('propagationPolicy', propagationPolicy, [...policies, 'nil'])] : []),
    ...(dryRun.some((mode) => mode !== 'All') ? [notSupported('dryRun', dryRun, ['All'])] : []),
  ]
}
