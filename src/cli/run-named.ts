import { nodeKind } from '../api/core/node.ts'
import { isOpen, type NodeRemediation, runKind } from '../api/v1alpha1/node-remediation.ts'
import type { ClusterReader } from '../ports/cluster.ts'
import { NotFoundError } from '../ports/errors.ts'
import { didYouMean } from './did-you-mean.ts'
import { UsageError } from './usage-error.ts'

/** How every verb about one run takes its argument. */
export const runArgument = 'name of the run, or node/NAME, or the name of a node that has one'

/** Of the runs of a node: the open one, or, where none is open, the newest. Dry runs are found by their own name only. */
export type WhichRun = 'Open' | 'OpenOrNewest'

/**
 * `nr-7f3k2`, `run/nr-7f3k2`, as our own verbs print it, or a node by its name. Rejects with NotFoundError, and with UsageError
 * where a name may mean two things.
 */
export async function runNamed(cluster: ClusterReader, word: string, which: WhichRun): Promise<NodeRemediation> {
  const [, prefix, name] = /^([a-z.]+)\/(.*)$/.exec(word) ?? []
  if (name !== undefined && (prefix === 'node' || prefix === 'nodes')) return await runOfNode(cluster, name, which)
  if (name !== undefined) return await runByName(cluster, name)
  const [run, ofNode] = await Promise.all([cluster.get(runKind, { name: word }), runsOn(cluster, word)])
  if (run !== undefined && ofNode.length > 0)
    throw new UsageError(`${word} is the name of a run and of a node: say run/${word} or node/${word}`)
  if (run !== undefined) return run
  if (ofNode.length > 0 || (await cluster.get(nodeKind, { name: word })) !== undefined)
    return chosen(word, ofNode, which)
  const names = [...(await namesOf(cluster, 'runs')), ...(await namesOf(cluster, 'nodes'))]
  throw new NotFoundError(`there is neither a run nor a node ${word}${didYouMean(word, names)}`)
}

async function runByName(cluster: ClusterReader, name: string): Promise<NodeRemediation> {
  const run = await cluster.get(runKind, { name })
  if (run !== undefined) return run
  throw new NotFoundError(`there is no run ${name}${didYouMean(name, await namesOf(cluster, 'runs'))}`)
}

async function runOfNode(cluster: ClusterReader, name: string, which: WhichRun): Promise<NodeRemediation> {
  const runs = await runsOn(cluster, name)
  if (runs.length === 0 && (await cluster.get(nodeKind, { name })) === undefined)
    throw new NotFoundError(`there is no node ${name}${didYouMean(name, await namesOf(cluster, 'nodes'))}`)
  return chosen(name, runs, which)
}

async function namesOf(cluster: ClusterReader, what: 'runs' | 'nodes'): Promise<readonly string[]> {
  const things = what === 'runs' ? await cluster.list(runKind) : await cluster.list(nodeKind)
  return things.map(({ metadata }) => metadata.name)
}

/** Newest first. */
async function runsOn(cluster: ClusterReader, nodeName: string): Promise<readonly NodeRemediation[]> {
  const runs = await cluster.list(runKind, { fieldSelector: `spec.node.name=${nodeName}` })
  return runs
    .filter(({ spec }) => spec?.node.name === nodeName && !spec.dryRun)
    .toSorted((one, other) => (ageKey(one) < ageKey(other) ? 1 : -1))
}

const ageKey = ({ metadata }: NodeRemediation): string => `${metadata.creationTimestamp ?? ''} ${metadata.name}`

function chosen(nodeName: string, runs: readonly NodeRemediation[], which: WhichRun): NodeRemediation {
  const open = runs.filter(isOpen)
  const [one, second] = open
  if (one !== undefined && second !== undefined) {
    const each = open
      .toReversed()
      .map(({ metadata, status }) => `${metadata.name} (${status.step?.name ?? 'Approving'})`)
    throw new UsageError(`node ${nodeName} has several open runs: say which of ${each.join(', ')}`)
  }
  if (one !== undefined) return one
  const [newest] = runs
  if (newest === undefined) throw new NotFoundError(`node ${nodeName} has no run`)
  if (which === 'OpenOrNewest') return newest
  const { metadata, status } = newest
  const end = `its last, ${metadata.name}, ended as ${status.step?.outcome ?? '<unknown>'}`
  throw new NotFoundError(`node ${nodeName} has no open run; ${end}: prunella describe run ${metadata.name}`)
}
