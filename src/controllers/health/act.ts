import { healthKind } from '../../api/v1alpha1/node-health.ts'
import type { HealthCommand } from '../../domain/detect/decide.ts'
import { unreachable } from '../../kernel/assert.ts'
import type { HealthPorts } from './ports.ts'

/** One write per change, carrying the version that it was decided on. */
export async function act({ effects, health }: HealthPorts, name: string, command: HealthCommand): Promise<void> {
  switch (command.kind) {
    case 'Create': {
      const created = await effects.cluster.create(healthKind, { ...command.body, metadata: { name } })
      health.wroteAt(name, created.metadata.resourceVersion)
      return
    }
    case 'Write': {
      const { resourceVersion, body } = command
      const written = await effects.cluster.patch(healthKind, { name }, { type: 'Merge', resourceVersion, body })
      health.wroteAt(name, written.metadata.resourceVersion)
      return
    }
    case 'Delete':
      await effects.cluster.remove(healthKind, { name }, { uid: command.uid })
      return
    default:
      unreachable(command)
  }
}
