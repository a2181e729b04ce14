import type { MachineState, PodIdentity, WorldEvent } from '../events.ts'
import { nameOf } from '../fields.ts'
import type { Objects } from '../objects.ts'
import { isExclusive, volumesOf } from './volume-names.ts'

/** A process that has a disk open. It writes whenever its machine runs, whoever can or cannot reach that machine. */
interface Writer {
  readonly machine: string
  readonly pod: PodIdentity
}

/**
 * The disks themselves, and who really writes to them. What the API server says of attachments is no lock: a machine that nobody
 * reaches writes on. Two machines that write to one disk for one node have destroyed it.
 */
export class Disks {
  readonly #objects: Objects
  readonly #tell: (event: WorldEvent) => void
  readonly #writers = new Map<string, readonly Writer[]>()
  readonly #machines = new Map<string, MachineState>()

  constructor(objects: Objects, tell: (event: WorldEvent) => void) {
    this.#objects = objects
    this.#tell = tell
  }

  /** The names of the machines that write to this volume right now. */
  writersOf(volumeName: string): readonly string[] {
    const writing = (this.#writers.get(volumeName) ?? []).filter(
      ({ machine }) => this.#machines.get(machine) === 'Running',
    )
    return [...new Set(writing.map(({ machine }) => machine))]
  }

  readonly take = (event: WorldEvent): void => {
    if (event.kind === 'MachineBecame') this.#machineBecame(event.machine, event.state)
    if (event.kind === 'ProcessStarted') this.#open(event)
    if (event.kind === 'ProcessKilled' || event.kind === 'ProcessExited') this.#close(event)
  }

  /** What hung goes on writing when it wakes. */
  #machineBecame(machine: string, state: MachineState): void {
    this.#machines.set(machine, state)
    if (state !== 'Running') return
    for (const [disk, writers] of this.#writers)
      if (writers.some((writer) => writer.machine === machine)) this.#judge(disk)
  }

  #open({ machine, pod }: Writer): void {
    const stored = this.#objects.get('pods', pod)
    for (const volume of stored === undefined ? [] : (volumesOf(this.#objects, stored) ?? [])) {
      const disk = nameOf(volume)
      this.#writers.set(disk, [...(this.#writers.get(disk) ?? []), { machine, pod }])
      this.#tell({ kind: 'DiskOpened', disk, machine, pod })
      if (isExclusive(volume)) this.#judge(disk)
    }
  }

  #close({ machine, pod }: Writer): void {
    for (const [disk, writers] of this.#writers) {
      const left = writers.filter((writer) => writer.machine !== machine || writer.pod.uid !== pod.uid)
      if (left.length === writers.length) continue
      this.#writers.set(disk, left)
      this.#tell({ kind: 'DiskClosed', disk, machine, pod })
    }
  }

  #judge(disk: string): void {
    const machines = this.writersOf(disk)
    if (machines.length > 1) this.#tell({ kind: 'DoubleWriter', disk, machines })
  }
}
