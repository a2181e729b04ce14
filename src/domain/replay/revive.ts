import type { JournalLine } from '../../api/journal-line.ts'
import { allowedServices } from '../../api/node-services.ts'
import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { type PolicySpec, policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { at, isObject, type JsonObject, listAt, numberAt } from '../../kernel/json.ts'
import { instant, mono } from '../../kernel/time.ts'
import type { HealthObservation } from '../detect/observation.ts'
import { nothingSaid } from '../detect/sources-seen.ts'
import { type PreparedPolicy, preparePolicy } from '../policy/prepared-policy.ts'
import type { GradeView } from '../remediation/grade.ts'
import type { Observation } from '../remediation/observation.ts'
import type { TriageObservation } from '../triage/observation.ts'

/** A look as today's code takes it: expressions are compiled again, and what a newer schema has added gets its default. */
export type Look =
  | { readonly kind: 'health'; readonly line: JournalLine; readonly seen: HealthObservation }
  | { readonly kind: 'triage'; readonly line: JournalLine; readonly seen: TriageObservation }
  | { readonly kind: 'remediation'; readonly line: JournalLine; readonly seen: Observation }
  | { readonly kind: 'grades'; readonly line: JournalLine; readonly seen: GradeView }

/**
 * Undefined: no look that is decided here. What is inside an observation is not checked: it is too deep, and came from code of ours;
 * whoever decides on it must be ready for a throw.
 */
export function revived(line: JournalLine): Look | undefined {
  const { controller, observation: recorded } = line
  if (!isObject(recorded)) return undefined
  const observation = withSources(recorded)
  switch (controller) {
    case 'health': {
      const policies = listAt(observation, 'policies').flatMap((policy) => preparedOf(policy) ?? [])
      // Plain JSON written by this very type; the reader is warned above.
      return { kind: 'health', line, seen: { ...observation, policies } as unknown as HealthObservation }
    }
    case 'triage':
      return {
        kind: 'triage',
        line,
        seen: { claimingLabels: {}, ...withShared(observation) } as unknown as TriageObservation,
      }
    case 'remediation': {
      const run = at(observation, 'run')
      const spec = runKind.project({ spec: jsonAt(run, 'spec') }).spec
      const seen = {
        otherJobPods: [],
        services: allowedServices(),
        budgets: { budgets: [], unread: {} },
        ...withShared(observation),
        run: { ...(isObject(run) ? run : {}), spec },
      }
      return { kind: 'remediation', line, seen: seen as unknown as Observation }
    }
    case 'grades':
      return { kind: 'grades', line, seen: observation as unknown as GradeView }
    default:
      return undefined
  }
}

/** A source that was not there yet when the look was recorded had nothing to say. */
function withSources(observation: JsonObject): JsonObject {
  const { sources } = observation
  if (!isObject(sources)) return observation
  const now = numberAt(observation, 'now') ?? numberAt(observation, 'shared', 'now') ?? 0
  const quiet = nothingSaid({ now: instant(now), mono: mono(numberAt(observation, 'mono') ?? 0) })
  return { ...observation, sources: { ...(quiet as unknown as JsonObject), ...sources } }
}

const preparedOf = (policy: unknown): PreparedPolicy | undefined => {
  const { name, uid, generation } = isObject(policy) ? policy : {}
  const metadata = { name: name ?? '', uid: uid ?? '', generation: generation ?? 0 }
  return preparePolicy(policyKind.project({ metadata, spec: jsonAt(policy, 'spec') }))
}

function withShared(observation: JsonObject): JsonObject {
  const { shared } = observation
  if (!isObject(shared)) return observation
  const spec = specOf(shared['policy'])
  // A spec is JSON; its type only says so less plainly.
  return spec === undefined
    ? observation
    : { ...observation, shared: { ...shared, policy: spec as unknown as JsonObject } }
}

const specOf = (raw: unknown): PolicySpec | undefined =>
  isObject(raw) ? policyKind.project({ spec: raw }).spec : undefined

const jsonAt = (value: unknown, key: string): JsonObject => {
  const found = at(value, key)
  return isObject(found) ? found : {}
}
