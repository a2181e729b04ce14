import type { Nature } from '../nature.ts'
import type { Kubelet } from './kubelet.ts'
import type { Machine } from './machine.ts'
import type { ProblemDetector } from './problem-detector.ts'

/**
 * `Sick`: pods run and start, and a restart heals it. `Incurable`: it starts anew and is as sick as before. `Stubborn`: it does not
 * start anew. `Dead`: no pod starts any more. A boot heals them all.
 */
export type RuntimeAilment = 'Sick' | 'Incurable' | 'Stubborn' | 'Dead'

interface Around {
  readonly machine: Machine
  readonly kubelet: Kubelet
  readonly detector: ProblemDetector
}

/** The container runtime of a node. What ails it a plugin of the problem detector tells. */
export class ContainerRuntime {
  readonly #nature: Nature
  readonly #around: Around
  #ailment: RuntimeAilment | undefined
  #hasAiled = false

  constructor(nature: Nature, around: Around) {
    this.#nature = nature
    this.#around = around
    const { machine, kubelet, detector } = around
    kubelet.services.add('containerd', () => this.#restart())
    detector.addPlugin(() => (this.#hasAiled ? conditionOf(this.#ailment) : undefined))
    machine.install({
      stateBecame: (state) => {
        if (state === 'Off' || state === 'Booting') this.#become(undefined)
      },
    })
  }

  get ailment(): RuntimeAilment | undefined {
    return this.#ailment
  }

  /** Undefined: nothing any more. */
  ail(how: RuntimeAilment | undefined): void {
    if (this.#around.machine.state === 'Running') this.#become(how)
  }

  #restart(): boolean {
    if (this.#ailment === 'Stubborn') return false
    if (this.#ailment === 'Sick') this.#become(undefined)
    return true
  }

  #become(how: RuntimeAilment | undefined): void {
    if (this.#ailment === how) return
    this.#ailment = how
    this.#hasAiled = true
    const { kubelet, detector } = this.#around
    kubelet.pods.setStarting(how !== 'Dead')
    this.#nature.timers.after(this.#nature.timings.problemDetectionMs, () =>
      detector.report(conditionOf(this.#ailment)),
    )
  }
}

const conditionOf = (ailment: RuntimeAilment | undefined) =>
  ailment === undefined
    ? ({
        type: 'ContainerRuntimeUnhealthy',
        status: 'False',
        reason: 'ContainerRuntimeIsHealthy',
        message: 'the runtime answers',
      } as const)
    : ({
        type: 'ContainerRuntimeUnhealthy',
        status: 'True',
        reason: 'ContainerdUnhealthy',
        message: 'the runtime does not answer in time',
      } as const)
