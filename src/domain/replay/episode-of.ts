import type { Node } from '../../api/core/node.ts'
import { type Episode, episodeEntriesMax, episodeHeader } from '../../api/episode.ts'
import { type JournalLine, redactedText, whensOf } from '../../api/journal-line.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { NodeRemediationPolicy } from '../../api/v1alpha1/node-remediation-policy.ts'
import { at, isObject, textAt } from '../../kernel/json.ts'
import { type Instant, instant, minutes, parseTime, rfc3339 } from '../../kernel/time.ts'

/** What an episode is made of. */
export interface EpisodeParts {
  readonly now: Instant
  readonly version: string
  readonly run: NodeRemediation
  /** As they stand now; the policy is taken from the journal where that knows it. */
  readonly policy: NodeRemediationPolicy | undefined
  readonly health: NodeHealth | undefined
  readonly node: Node | undefined
  /** Of the run's node and time, the oldest first; `isOfEpisode` tells which. */
  readonly lines: readonly JournalLine[]
}

/** What went before tells why, and what came after tells what it led to. */
const marginMs = minutes(10)

/** Whether a line of the journal belongs to the run: its node, from a little before it was detected until a little after its end. */
export function isOfEpisode({ metadata, spec, status }: NodeRemediation, now: Instant): (line: JournalLine) => boolean {
  const nodeName = spec?.node.name ?? ''
  const from = (parseTime(spec?.cause.detectedTime) ?? instant(0)) - marginMs
  const to = (parseTime(status.completionTime) ?? now) + marginMs
  return ({ time, controller, key, observation }) => {
    const at_ = parseTime(time)
    if (at_ === undefined || at_ < from || at_ > to) return false
    if (controller === 'health' || controller === 'triage') return key === nodeName
    return key === metadata.name || textAt(observation, 'run', 'spec', 'node', 'name') === nodeName
  }
}

export function episodeOf({ now, version, run, policy, health, node, lines }: EpisodeParts): Episode {
  const entries = lines.slice(0, episodeEntriesMax)
  const whens = entries.map(({ observation }) => whensOf(observation)).join('\n')
  const kept = policyOf(entries, run) ?? policy
  const whole = {
    ...episodeHeader,
    exportTime: rfc3339(now),
    versions: { prunella: version, kubelet: node?.kubeletVersion, kernel: node?.kernelVersion, os: node?.osImage },
    namesRedacted: false,
    run: { metadata: run.metadata, spec: run.spec, status: run.status },
    policy: kept === undefined ? null : { metadata: kept.metadata, spec: kept.spec },
    nodeHealth: health === undefined ? null : { metadata: health.metadata, spec: health.spec, status: health.status },
    entries,
    leftOut: lines.length - entries.length,
  }
  // What comes out is what went in, but for what is struck out.
  return JSON.parse(redactedText(whole, whens)) as Episode
}

/** As it stood at the last look at the run, or before its start. */
function policyOf(
  entries: readonly JournalLine[],
  { spec }: NodeRemediation,
): { readonly metadata: object; readonly spec: object } | undefined {
  const name = spec?.policyName ?? ''
  const known = entries.findLast(({ observation }) => textAt(observation, 'shared', 'policyName') === name)
  const policy = at(known?.observation, 'shared', 'policy')
  return isObject(policy) ? { metadata: { name }, spec: policy } : undefined
}
