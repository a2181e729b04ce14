import { annotation, keepOffMarks } from '../../api/annotations.ts'
import type { NodeRemediation, StepName } from '../../api/v1alpha1/node-remediation.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import { policyName } from '../simulation/policy.ts'
import { someNode } from './some-node.ts'
import { nothingToEnd, type Story, type StoryParts } from './story.ts'

const policies = 'noderemediationpolicies.prunella.dev'
const pauses = 'remediationpauses.prunella.dev'

/** What becomes of the run, and the step in which its node recovers; undefined: it does not. */
const courses = {
  /** Nobody answers. */
  Sleeps: undefined,
  /** Before anybody has answered. */
  InTime: 'Approving',
  Waits: undefined,
  Recovers: 'Claiming',
  /** Somebody takes the word of the problem detector back, and nothing has booted. */
  Forgets: 'Claiming',
  GivenBack: 'Cordoning',
  /** It has begun to boot before, for a drain may be over soon. */
  Drains: undefined,
} as const satisfies Readonly<Record<string, StepName | undefined>>

type Course = keyof typeof courses

const isCourse = (name: string): name is Course => name in courses

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
  readonly #course: Course
  readonly #pause: string
  #has: 'Nothing' | 'Asked' | 'Unasked' | 'Recovered' | 'Left' = 'Nothing'

  constructor(parts: StoryParts, node: string) {
    this.#parts = parts
    this.#node = node
    const names = Object.keys(courses).filter(isCourse)
    this.#course = names[parts.prng.int(0, names.length - 1)] ?? 'Waits'
    this.#pause = `thoughts-${parts.prng.int(0, 999_999)}`
  }

  look(): void {
    if (this.#has === 'Left') return
    this.#act()
    this.#parts.timers.after(seconds(1), () => this.look())
  }

  /** Nothing of theirs is in the way of peace any more. */
  leave(): void {
    const hasActed = this.#has !== 'Nothing'
    this.#has = 'Left'
    if (!hasActed) return
    this.#edit({ mode: 'Automatic' })
    this.#letGo()
  }

  #act(): void {
    const run = this.#parts.truth.openRunOn(this.#node)
    const step = run?.status.step?.name
    if (this.#has === 'Nothing' && step === 'Treating') this.#ask()
    else if (this.#has === 'Asked' && run !== undefined && this.#waits(run)) this.#think()
    else if (this.#has === 'Unasked' && step !== undefined && step === courses[this.#course]) this.#recover()
  }

  #ask(): void {
    this.#has = 'Asked'
    const hurry = { approval: { timeoutSeconds: 60, onExpiry: 'Quarantine' } }
    this.#edit({ mode: 'Approve', ...(this.#course === 'Sleeps' ? hurry : {}) })
  }

  #think(): void {
    this.#parts.note(`people think again: ${this.#course}`)
    if (this.#course === 'Sleeps') this.#has = 'Recovered'
    else if (this.#course === 'InTime') this.#recover()
    else this.#askNoLonger()
  }

  #askNoLonger(): void {
    this.#has = 'Unasked'
    this.#hold()
    if (this.#course === 'Drains') this.#recover()
    this.#parts.timers.after(this.#course === 'Drains' ? seconds(2) : 0, () => this.#edit({ mode: 'Automatic' }))
    this.#parts.timers.after(this.#course === 'Waits' ? minutes(4) : minutes(2), () => this.#letGo())
  }

  #waits({ metadata, status }: NodeRemediation): boolean {
    const slots = this.#parts.truth.ledger?.slots ?? []
    return status.step?.name === 'Approving' && slots.every(({ runUID }) => runUID !== metadata.uid)
  }

  #edit(spec: JsonObject): void {
    const { world, note } = this.#parts
    if (world.objects.get(policies, { name: policyName }) === undefined) return
    note(`people edit the policy: ${JSON.stringify(spec)}`)
    world.api.patch(policies, { name: policyName }, { spec })
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

  #recover(): void {
    this.#has = 'Recovered'
    const host = this.#parts.world.fleet.hosts.get(this.#node)
    if (host === undefined) return
    const { machine, detector } = host
    machine.unblock()
    if (this.#course === 'Forgets')
      return detector.report({ type: 'KernelDeadlock', status: 'False', reason: 'Forgotten', message: 'by hand' })
    machine.fastBootMs = seconds(1)
    machine.reboot()
    this.#parts.timers.after(seconds(10), () => {
      machine.fastBootMs = undefined
    })
  }
}
