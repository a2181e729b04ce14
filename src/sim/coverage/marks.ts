import { gateReasons } from '../../api/gates.ts'
import { healthKind } from '../../api/v1alpha1/node-health.ts'
import { type NodeRemediation, runKind, type StepRecord } from '../../api/v1alpha1/node-remediation.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { guardKind } from '../../api/v1alpha1/remediation-guard.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { kindOfTreatment } from '../../api/v1alpha1/treatment.ts'
import { isEqual, isObject, type JsonObject, listAt, textAt } from '../../kernel/json.ts'
import type { Change } from '../api-server/api-request.ts'
import { type Happening, runOf } from '../checkers/checker.ts'
import { exercised } from './exercised.ts'

/** What one run of the simulator has reached, seen from outside: in objects and in the world, never in counters of the product. */
export class Marks {
  readonly #marks = new Set<string>()

  take(happening: Happening): void {
    for (const invariant of exercised(happening)) this.#marks.add(`exercised/${invariant}`)
    if (happening.kind === 'World' && happening.event.kind === 'BmcMisbehaved')
      this.#marks.add(`bmc/${happening.event.fault}`)
    if (happening.kind === 'World' && happening.event.kind === 'NodeCommandRan')
      this.#marks.add(`job/${happening.event.outcome}`)
    if (happening.kind === 'Changed') this.#takeChange(happening.change)
  }

  get all(): readonly string[] {
    return [...this.#marks]
  }

  #takeChange({ plural, object, previous, type }: Change): void {
    if (type === 'DELETED' || !kindsWithGates.includes(plural)) return
    for (const answer of gatesOf(object)) this.#takeAnswer(answer)
    for (const reason of [...heldReasons(object), ...reasonsOfOthers(object)]) this.#takeHeld(reason)
    for (const reason of blockedReasons(object)) this.#marks.add(`drain/${reason}`)
    if (plural === runKind.plural) this.#takeRun(runOf(object), previous && runOf(previous))
  }

  #takeAnswer({ gate, result, reason }: GateAnswer): void {
    this.#marks.add(result === 'Pass' ? `gate/${gate}/Pass` : `gate/${gate}/${reason ?? result}`)
  }

  /** A run that is held, and a policy that does not act on a node, have a reason, which belongs to one gate. */
  #takeHeld(reason: string): void {
    for (const [gate, reasons] of Object.entries(gateReasons)) {
      if (Object.hasOwn(reasons, reason)) this.#marks.add(`gate/${gate}/${reason}`)
    }
  }

  #takeRun(run: NodeRemediation, before: NodeRemediation | undefined): void {
    const step = run.status.step
    if (step === undefined) return
    this.#marks.add(`step/${step.name}`)
    if (step.stage !== undefined) this.#marks.add(`stage/${step.stage}`)
    if (step.outcome !== undefined) this.#marks.add(`outcome/${step.outcome}`)
    if (step.cause !== undefined) this.#marks.add(`cause/${step.cause}`)
    if (before !== undefined) this.#takeMove(step, before)
  }

  #takeMove(step: StepRecord, { spec, status }: NodeRemediation): void {
    const from = status.step
    if (from?.name !== step.name || !isEqual(from, step))
      this.#marks.add(`transition/${from?.name ?? 'Approving'} ${step.name}`)
    const rung = spec?.treatments[from?.rung ?? 0]
    if (step.name === 'Releasing' && rung !== undefined && isSuccess(step.outcome))
      this.#marks.add(`rung/${kindOfTreatment(rung)}`)
  }
}

const kindsWithGates: readonly string[] = [runKind, healthKind, policyKind, guardKind].map(({ plural }) => plural)

const isSuccess = (outcome: string | undefined): boolean =>
  outcome === 'NodeRecovered' || outcome === 'NodeReplaced' || outcome === 'NodeRelieved'

const gatesOf = (object: JsonObject): readonly GateAnswer[] =>
  listAt(object, 'status', 'gates')
    .filter(isObject)
    .map((answer) => ({
      gate: textAt(answer, 'gate') ?? '',
      result: resultOf(textAt(answer, 'result')),
      reason: textAt(answer, 'reason') ?? '',
    }))

const resultOf = (text: string | undefined): GateAnswer['result'] =>
  text === 'Pass' || text === 'Hold' || text === 'Unknown' ? text : 'NotReached'

const heldReasons = (object: JsonObject): readonly string[] =>
  listAt(object, 'status', 'conditions')
    .filter((condition) => textAt(condition, 'type') === 'Held' && textAt(condition, 'status') === 'True')
    .map((condition) => textAt(condition, 'reason') ?? '')

/** Of policies that select the node, too. */
const reasonsOfOthers = (object: JsonObject): readonly string[] =>
  listAt(object, 'status', 'otherPolicies').flatMap((other) => textAt(other, 'reason') ?? [])

const blockedReasons = (object: JsonObject): readonly string[] =>
  listAt(object, 'status', 'drain', 'blocked').flatMap((group) => textAt(group, 'reason') ?? [])
