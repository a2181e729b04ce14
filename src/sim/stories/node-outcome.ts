import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { StoryParts } from './story.ts'

/** L3: a node that was really broken has really been healed, or waits for people. Undefined: so it is. */
export function nodeOutcome({ truth, world }: Pick<StoryParts, 'truth' | 'world'>, node: string): string | undefined {
  const machine = world.fleet.hosts.get(node)?.machine
  const isBroken = machine !== undefined && machine.kernelLog.length > 0
  if (!isBroken) return undefined
  const runs = truth.runs.filter(({ spec }) => spec?.node.name === node)
  return runs.some(waitsForPeople) ? undefined : `L3: ${node} is still broken, and nobody was asked`
}

const waitsForPeople = ({ status }: NodeRemediation): boolean => status.step?.name === 'Quarantined'
