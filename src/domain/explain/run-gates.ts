import { type GateName, startGates, treatGates } from '../../api/gates.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'

/**
 * The start gates of a node whose run is under way. Those that are asked before every treatment answer through the run; the
 * others passed when it began, and are not asked again.
 */
export const startedGates = (start: readonly GateAnswer[], run: NodeRemediation): readonly GateAnswer[] =>
  start.map(({ gate }) => {
    const asked = run.status.gates.find((answer) => answer.gate === gate)
    if (asked !== undefined) return asked
    const isManual = run.spec?.requestedBy !== undefined && manual.includes(gate)
    const message = isManual
      ? `${run.metadata.name} was asked for by ${run.spec?.requestedBy}`
      : `passed when ${run.metadata.name} began`
    return { gate, result: 'Pass', reason: isManual ? 'Manual' : gate, message }
  })

/** A person who asks for a run has looked: these need not be asked. */
const manual: readonly string[] = ['Selected', 'SignalFresh', 'HoldElapsed', 'Diagnosed'] satisfies readonly GateName[]

/** The gates that are asked before a treatment only. */
export const treatAnswers = (run: NodeRemediation): readonly GateAnswer[] =>
  treatGates
    .filter((gate) => !startGates.some((start) => start === gate))
    .map((gate) => run.status.gates.find((answer) => answer.gate === gate) ?? { gate, result: 'NotReached' })
