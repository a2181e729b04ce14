import { at, isObject, type JsonObject } from '../../../kernel/json.ts'
import { nameOf } from '../../world/fields.ts'
import { type Acting, oneOf } from '../acting.ts'
import type { Person } from './people.ts'

const policies = 'noderemediationpolicies.prunella.dev'
const rivalName = 'rival'

const unprovable = { name: 'busy', class: 'Load', when: 'cpuSaturated', treatments: ['reboot'] }

/** Edits policies: limits, mode, selector, priority, nonsense; deletes them; brings in a second one for the same nodes. */
export function policyActs(person: Person): Acting {
  const { api, world, prng } = person
  const originals = world.objects.all(policies)
  const edit = (spec: JsonObject, what: string): string | undefined => {
    const policy = oneOf(world.objects.all(policies), prng)
    if (policy === undefined) return undefined
    api.patch(policies, { name: nameOf(policy) }, { spec })
    return `${what} of ${nameOf(policy)}: ${JSON.stringify(spec)}`
  }
  return {
    acts: [
      () => edit({ limits: { maxConcurrent: prng.int(0, 4) } }, 'edits the limits'),
      () => edit({ limits: { maxUnhealthy: `${prng.int(1, 100)}%`, maxPerHour: prng.int(0, 12) } }, 'edits the limits'),
      () => edit({ limits: { topologyLimits: [] } }, 'takes away the limits'),
      () => edit({ mode: oneOf(['Observe', 'Approve', 'Automatic'], prng) }, 'changes the mode'),
      () => edit({ priority: prng.int(-5, 5) }, 'changes the priority'),
      () => edit({ nodeSelector: { matchLabels: { 'node.example/type': 'metal' } } }, 'narrows the selector'),
      () =>
        edit(
          { diagnoses: [{ name: 'nonsense', class: 'Fault', when: 'nobody.said(so', treatments: ['reboot'] }] },
          'spoils the diagnoses',
        ),
      () => edit({ diagnoses: [unprovable] }, 'boots nodes for an alert whose end proves nothing'),
      () => edit({ approval: { timeoutSeconds: 60, onExpiry: 'Quarantine' } }, 'asks for quick answers'),
      () => addRival(person),
      () => {
        const policy = oneOf(world.objects.all(policies), prng)
        if (policy === undefined) return undefined
        api.delete(policies, { name: nameOf(policy) })
        return `deletes the policy ${nameOf(policy)}`
      },
      () => restore(person, originals),
    ],
    tidy: () => {
      api.delete(policies, { name: rivalName })
      restore(person, originals)
      return true
    },
  }
}

/** The same nodes, the same diagnoses, and its own opinion of priority. */
function addRival({ api, world, prng }: Person): string | undefined {
  const [original] = world.objects.all(policies)
  if (original === undefined || nameOf(original) === rivalName) return undefined
  const spec = at(original, 'spec')
  if (!isObject(spec) || world.objects.get(policies, { name: rivalName }) !== undefined) return undefined
  const priority = prng.int(-1, 1)
  api.create(policies, {
    apiVersion: 'prunella.dev/v1alpha1',
    kind: 'NodeRemediationPolicy',
    metadata: { name: rivalName },
    spec: { ...spec, priority },
  })
  return `adds a rival of ${nameOf(original)} with priority ${priority}`
}

/** As from a repository: what was deleted comes back under another UID, what was edited is as it was. */
function restore({ api, world }: Person, originals: readonly JsonObject[]): string {
  for (const { apiVersion, kind, metadata, spec } of originals) {
    const name = nameOf({ metadata })
    const stored = world.objects.get(policies, { name })
    if (stored === undefined) api.create(policies, { apiVersion, kind, metadata: { name }, spec })
    else api.update(policies, { ...stored, spec })
  }
  return 'restores the policies'
}
