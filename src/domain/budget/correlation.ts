import { type Node, readyStatus } from '../../api/core/node.ts'
import type { CorrelatedFailures } from '../../api/v1alpha1/remediation-guard.ts'
import { type Instant, parseTime, seconds } from '../../kernel/time.ts'

/** Nodes that failed together: then the nodes are seldom the cause. */
export interface Together {
  readonly nodes: number
  readonly message: string
}

/** A node that has fallen ill with a Fault, and when we began to believe it. */
export interface Onset {
  readonly node: Node
  readonly since: string
  /** The policy that would act. */
  readonly policyName: string
}

export interface Correlation {
  readonly now: Instant
  readonly limits: CorrelatedFailures
}

/**
 * The largest group of nodes of one domain (zone, pool, kernel, image) that fell ill within the window, if it is large enough, and
 * a large enough part of its domain. A time that cannot be read or is still to come counts as now.
 */
export function failedTogether(
  onsets: readonly Onset[],
  selected: readonly Node[],
  { now, limits }: Correlation,
): Together | undefined {
  const recent = onsets.filter(({ since }) => now - (parseTime(since) ?? now) < seconds(limits.windowSeconds))
  if (recent.length < limits.minNodes) return undefined
  const groups = domainsIn(recent, limits)
    .filter(({ nodes }) => nodes >= limits.minNodes)
    .map((domain) => ({ ...domain, of: selected.filter(domain.has).length }))
    .filter(({ nodes, of }) => nodes * 100 >= limits.minPercent * of)
    .toSorted((left, right) => right.nodes - left.nodes || (left.name < right.name ? -1 : 1))
  const [worst] = groups
  if (worst === undefined) return undefined
  const percent = Math.round((worst.nodes * 1_000) / worst.of) / 10
  const counted = `${worst.nodes} of ${worst.of} nodes with ${worst.name} (${percent}%)`
  const asked = `${limits.minNodes} nodes and ${limits.minPercent}% are one failure`
  const message = `${counted} fell ill with a Fault within ${limits.windowSeconds}s; ${asked}`
  return { nodes: worst.nodes, message }
}

interface Domain {
  readonly name: string
  readonly has: (node: Node) => boolean
  /** Of those that fell ill. */
  readonly nodes: number
}

/** Domains of the nodes that fell ill. A node that does not say where it belongs belongs to none that anybody knows. */
function domainsIn(onsets: readonly Onset[], { domainLabels }: CorrelatedFailures): readonly Domain[] {
  const questions: readonly (readonly [string, (node: Node) => string | undefined])[] = [
    ...domainLabels.map((key) => [`${key}=`, ({ metadata }: Node) => metadata.labels[key]] as const),
    ['kernel ', ({ kernelVersion }) => kernelVersion],
    ['image ', ({ osImage }) => osImage],
  ]
  return questions.flatMap(([what, answerOf]) => {
    const counts = new Map<string, number>()
    for (const { node } of onsets) {
      const answer = answerOf(node) ?? ''
      if (answer !== '') counts.set(answer, (counts.get(answer) ?? 0) + 1)
    }
    return [...counts].map(([answer, nodes]) => ({
      name: `${what}${answer}`,
      has: (node: Node) => answerOf(node) === answer,
      nodes,
    }))
  })
}

const zoneLabel = 'topology.kubernetes.io/zone'
/** As in the node lifecycle controller: two silent nodes make no dark zone, however small it is. */
const darkNodesMin = 3

/**
 * A zone that is dark, in part or whole, or the whole cluster: counted from Ready itself, before any hold has elapsed, for then the
 * one who looks may be the one who is cut off. Who is treated right now is silent by our own doing.
 */
export function darkZone(
  nodes: readonly Node[],
  treated: ReadonlySet<string>,
  { darkZonePercent }: CorrelatedFailures,
): Together | undefined {
  const zones = new Map<string, { all: number; silent: number }>()
  const whole = { all: 0, silent: 0 }
  for (const node of nodes) {
    if (treated.has(node.metadata.name)) continue
    const zone = node.metadata.labels[zoneLabel] ?? ''
    const counts = zones.get(zone) ?? { all: 0, silent: 0 }
    zones.set(zone, counts)
    const silent = readyStatus(node) === 'True' ? 0 : 1
    for (const one of [counts, whole]) {
      one.all += 1
      one.silent += silent
    }
  }
  const isDark = ({ all, silent }: typeof whole): boolean =>
    silent >= darkNodesMin && silent * 100 >= darkZonePercent * all
  const inWords = (where: string, { all, silent }: typeof whole): Together => ({
    nodes: silent,
    message: `${silent} of ${all} nodes of ${where} are not Ready; ${darkNodesMin} nodes and ${darkZonePercent}% are a dark zone`,
  })
  if (isDark(whole)) return inWords('the cluster', whole)
  const dark = [...zones].filter(([, counts]) => isDark(counts)).toSorted(([left], [right]) => (left < right ? -1 : 1))
  const [first] = dark
  return first && inWords(first[0] === '' ? 'no zone' : `zone ${first[0]}`, first[1])
}
