import { isObject } from '../../../kernel/json.ts'
import type { ApiRequest } from '../api-request.ts'
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
export function deleteOptions(request: ApiRequest): DeleteOptions {
  const { body, query } = request
  const given = isObject(body) && Object.keys(body).length > 0 ? body : undefined
  if (given === undefined) {
    return checkedDeleteOptions({
      gracePeriodSeconds: numberIn(query, 'gracePeriodSeconds'),
      orphanDependents: query?.['orphanDependents'] === undefined ? undefined : flagIn(query, 'orphanDependents'),
      propagationPolicy: query?.['propagationPolicy'],
      dryRun: query?.['dryRun'] === undefined ? [] : [query['dryRun']],
      preconditions: {},
    })
  }
  const kind = given['kind'] ?? 'DeleteOptions'
  if (kind !== 'DeleteOptions') {
    const version = JSON.stringify(given['apiVersion'] ?? '')
    throw badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version ${version} in scheme "pkg/runtime/scheme.go:111"`,
    )
  }
  const { gracePeriodSeconds, orphanDependents, propagationPolicy, dryRun, preconditions } = given
  return checkedDeleteOptions({
    gracePeriodSeconds: typeof gracePeriodSeconds === 'number' ? gracePeriodSeconds : undefined,
    orphanDependents: typeof orphanDependents === 'boolean' ? orphanDependents : undefined,
    propagationPolicy: typeof propagationPolicy === 'string' ? propagationPolicy : undefined,
    dryRun: Array.isArray(dryRun) ? dryRun : query?.['dryRun'] === undefined ? [] : [query['dryRun']],
    preconditions: isObject(preconditions) ? preconditions : {},
  })
}

interface GivenDeleteOptions {
  readonly gracePeriodSeconds: number | undefined
  readonly orphanDependents: boolean | undefined
  readonly propagationPolicy: string | undefined
  readonly dryRun: readonly unknown[]
  readonly preconditions: Readonly<Record<string, unknown>>
}

const policies = ['Foreground', 'Background', 'Orphan'] as const

function checkedDeleteOptions({
  gracePeriodSeconds,
  orphanDependents,
  propagationPolicy,
  dryRun,
  preconditions,
}: GivenDeleteOptions): DeleteOptions {
  const policy = policies.find((known) => known === propagationPolicy)
  const causes = [
    ...(propagationPolicy !== undefined && orphanDependents !== undefined
      ? [
          invalidValue(
            'propagationPolicy',
            propagationPolicy,
            'orphanDependents and deletionPropagation cannot be both set',
          ),
        ]
      : []),
    ...(propagationPolicy !== undefined && policy === undefined
      ? [notSupported('propagationPolicy', propagationPolicy, [...policies, 'nil'])]
      : []),
    ...(dryRun.length > 0 && dryRun.some((mode) => mode !== 'All') ? [notSupported('dryRun', dryRun, ['All'])] : []),
  ]
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', causes)
  const legacy = orphanDependents === undefined ? undefined : orphanDependents ? 'Orphan' : 'Background'
  const { uid, resourceVersion } = preconditions
  return {
    gracePeriodSeconds,
    uid: typeof uid === 'string' ? uid : undefined,
    resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : undefined,
    propagation: policy ?? legacy,
    dryRun: dryRun.length > 0,
  }
}
