import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { isObject } from '../../kernel/json.ts'
import type { Change } from '../api-server/api-request.ts'
import { isInert } from '../checkers/acts.ts'
import { type Happening, runOf } from '../checkers/checker.ts'
import type { Served } from '../weather/network.ts'

/** Invariants whose checker had something to judge in this happening: a storm in which nothing was at stake proves nothing. */
export function exercised(happening: Happening): readonly string[] {
  if (happening.kind === 'Served') return byRequest(happening.served)
  if (happening.kind === 'World') return byWorld(happening.event.kind)
  return happening.kind === 'Changed' ? byChange(happening.change) : []
}

function byChange({ plural, type, object, previous }: Change): readonly string[] {
  if (plural === 'disruptionledgers') return ['I1', 'I2', 'I3', 'I4', 'L2']
  if (plural !== runKind.plural || type === 'DELETED') return []
  const run = runOf(object)
  if (previous === undefined) return run.spec?.dryRun === true ? ['I23'] : ['I8', 'I9']
  return runOf(previous).status.step?.name === run.status.step?.name ? [] : byStep(run)
}

function byStep({ status }: NodeRemediation): readonly string[] {
  const { name, outcome } = status.step ?? {}
  const claims = name === 'Releasing' && (outcome === 'NodeRecovered' || outcome === 'NodeReplaced')
  return ['I18', 'I20', ...(claims ? ['I17'] : []), ...(name === 'Done' ? ['L1', 'L3'] : [])]
}

function byWorld(kind: string): readonly string[] {
  if (kind === 'PowerCommanded') return ['I10']
  return kind === 'MachineBecame' || kind === 'NodeCommandBegan' || kind === 'NodeCommandRan' ? ['I18'] : []
}

function byRequest({ request, status }: Served): readonly string[] {
  if (request.method === 'GET') return []
  const written = ['I19', 'I21']
  if (isInert(request)) return written
  if (status === 429) return [...written, 'L4']
  if (status >= 400) return written
  const acted = ['I5', 'I6', 'I7', 'I11', 'I13', ...written]
  if (request.path.endsWith('/eviction')) return [...acted, 'I14']
  return isObject(request.body) && request.path.startsWith('/api/v1/nodes/') ? [...acted, 'I12'] : acted
}
