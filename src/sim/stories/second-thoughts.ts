import { annotation, keepOffMarks } from '../../api/annotations.ts'
import type { NodeRemediation, StepName } from '../../api/v1alpha1/node-remediation.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import { policyName } from '../simulation/policy.ts'
import { someNode } from './some-node.ts'
import { nothingToEnd, type Story, type StoryParts } from './story.ts'

const policies = 'noderemediationpolicies.prunella.dev'
const pauses = 'remediationpauses.prunella.dev'

const courses = ['Recovers', 'Waits', 'GivenBack', 'Drains'] as const

/** Where the run is held when its node recovers; undefined: it does not. */
const recoversIn: Readonly<Record<(typeof courses)[number], StepName | undefined>> = {
  Recovers: 'Claiming',
  Waits: undefined,
  GivenBack: 'Cordoning',
  Drains: 'Draining',
}

/**
 * The first rung fails, and people want to be asked about the second: the run waits for them, without its slot. Then they no longer
 * want to be asked, and while something else still holds the run its node recovers, or does not, or was given back to its workloads.
 */
export const secondThoughts: Story = (parts) => {
  const { world, truth, prng } = parts
  const node = someNode(world, prng, 'Iron')
  if (node === undefined) return nothingToEnd
  world.deadlock(node, 'Ignored')
  if (truth.policy(policyName)?.mode !== 'Automatic') return nothingToEnd
  const people = new People(parts, node)
  people.look()
  return () => people.leave()
}

class People {
  readonly #parts: StoryParts
  readonly #node: string
  readonly #course: (typeof courses)[number]
  readonly #pause: string
  #has: 'Nothing' | 'Asked' | 'Unasked' | 'Booted' | 'Left' = 'Nothing'

  constructor(parts: StoryParts, node: string) {
    this.#parts = parts
    this.#node = node
    this.#course = courses[parts.prng.int(0, courses.length - 1)] ?? 'Waits'
    this.#pause = `thoughts-${parts.prng.int(0, 999_999)}`
  }

  look(): void {
    if (this.#has === 'Left') return
    this.#act()
    this.#parts.timers.after(seconds(1), () => this.look())
  }

  /** Nothing of theirs is in the way of peace any more. */
  leave(): void {
    if (this.#has === 'Asked') this.#setMode('Automatic')
    if (this.#has !== 'Nothing') this.#letGo()
    this.#has = 'Left'
  }

  #act(): void {
    const run = this.#parts.truth.openRunOn(this.#node)
    const step = run?.status.step?.name
    if (this.#has === 'Nothing' && step === 'Treating') this.#ask()
    else if (this.#has === 'Asked' && run !== undefined && this.#waits(run)) this.#askNoLonger()
    else if (this.#has === 'Unasked' && this.#isDue(step)) this.#bootByHand()
  }

  #ask(): void {
    this.#has = 'Asked'
    this.#setMode('Approve')
  }

  #askNoLonger(): void {
    this.#has = 'Unasked'
    this.#parts.note(`people think again: ${this.#course}`)
    this.#hold()
    this.#setMode('Automatic')
    this.#parts.timers.after(this.#course === 'Waits' ? minutes(4) : minutes(2), () => this.#letGo())
  }

  #waits({ metadata, status }: NodeRemediation): boolean {
    const slots = this.#parts.truth.ledger?.slots ?? []
    return status.step?.name === 'Approving' && slots.every(({ runUID }) => runUID !== metadata.uid)
  }

  #isDue(step: string | undefined): boolean {
    return step !== undefined && step === recoversIn[this.#course]
  }

  #setMode(mode: 'Approve' | 'Automatic'): void {
    const { world, note } = this.#parts
    if (world.objects.get(policies, { name: policyName }) === undefined) return
    note(`people set the mode to ${mode}`)
    world.api.patch(policies, { name: policyName }, { spec: { mode } })
  }

  /** Who gives the node back takes all that was written on it away; an exclusion is what holds a cordon, and no claim. */
  #hold(): void {
    const { world } = this.#parts
    const excluded = { [annotation.exclude]: 'somebody works here' }
    if (this.#course === 'Drains') return this.#patchNode(excluded)
    if (this.#course === 'GivenBack') {
      const { cordonedByRun, cordonBefore, marks } = annotation
      const gone = [cordonedByRun, cordonBefore, marks, ...keepOffMarks].map((key): [string, null] => [key, null])
      return this.#patchNode({ ...Object.fromEntries(gone), ...excluded }, false)
    }
    world.api.create(pauses, {
      apiVersion: 'prunella.dev/v1alpha1',
      kind: 'RemediationPause',
      metadata: { name: this.#pause },
      spec: { scope: { nodeName: this.#node }, reason: 'people think again' },
    })
  }

  #letGo(): void {
    this.#parts.world.api.delete(pauses, { name: this.#pause })
    this.#patchNode({ [annotation.exclude]: null })
  }

  #patchNode(annotations: Readonly<Record<string, string | null>>, unschedulable?: boolean): void {
    const { world } = this.#parts
    if (world.objects.get('nodes', { name: this.#node }) === undefined) return
    const spec = unschedulable === undefined ? {} : { spec: { unschedulable } }
    world.api.patch('nodes', { name: this.#node }, { metadata: { annotations }, ...spec })
  }

  #bootByHand(): void {
    this.#has = 'Booted'
    const machine = this.#parts.world.fleet.hosts.get(this.#node)?.machine
    if (machine === undefined) return
    // Over before the deadline of most drains.
    machine.fastBootMs = seconds(1)
    machine.unblock()
    machine.reboot()
    this.#parts.timers.after(seconds(10), () => {
      machine.fastBootMs = undefined
    })
  }
}
