import { type GateName, startGates, treatGates } from '../../api/gates.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'

/**
 * The start gates of a node whose run is under way. Those that are asked before every treatment answer through the run; the
 * others passed when it began and are not asked again, so that what they would say now holds nobody.
 */
export const startedGates = (start: readonly GateAnswer[], run: NodeRemediation): readonly GateAnswer[] =>
  start.map((now) => run.status.gates.find((answer) => answer.gate === now.gate) ?? passedAnswer(now, run))

function passedAnswer(now: GateAnswer, { metadata, spec }: NodeRemediation): GateAnswer {
  const { gate } = now
  if (spec?.requestedBy !== undefined && manual.includes(gate)) {
    return { gate, result: 'Pass', reason: 'Manual', message: `${metadata.name} was asked for by ${spec.requestedBy}` }
  }
  if (gate === 'Diagnosed' && spec !== undefined) {
    const { diagnosis, class: kind, when } = spec.cause
    return { gate, result: 'Pass', reason: gate, message: `${diagnosis} (${kind}): ${when}` }
  }
  return now.result === 'Pass' ? now : { gate, result: 'Pass', reason: gate }
}

/** A person who asks for a run has looked: these need not be asked. */
const manual: readonly string[] = ['Selected', 'SignalFresh', 'HoldElapsed', 'Diagnosed'] satisfies readonly GateName[]

/** The gates that are asked before a treatment only. */
export const treatAnswers = (run: NodeRemediation): readonly GateAnswer[] =>
  treatGates
    .filter((gate) => !startGates.some((start) => start === gate))
    .map((gate) => run.status.gates.find((answer) => answer.gate === gate) ?? { gate, result: 'NotReached' })
