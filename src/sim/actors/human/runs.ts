import { runKind } from '../../../api/v1alpha1/node-remediation.ts'
import { at, isObject, type JsonObject, numberAt, textAt } from '../../../kernel/json.ts'
import { rfc3339 } from '../../../kernel/time.ts'
import { isTerminating, nameOf, uidOf } from '../../world/fields.ts'
import { type Acting, oneOf } from '../acting.ts'
import { uncordonAll } from './nodes.ts'
import { type Person, someNodeOf } from './people.ts'

const runs = 'noderemediations.prunella.dev'
const policies = 'noderemediationpolicies.prunella.dev'

/** Cancels, retries, deletes and asks for runs, and answers those that ask. */
export function runActs(person: Person): Acting {
  const { api, world, prng } = person
  const kept = new Set<string>()
  let requests = 0
  const open = (): JsonObject | undefined => oneOf(world.objects.all(runs).filter(isOpen), prng)
  return {
    acts: [
      () => {
        const run = open()
        if (run === undefined || at(run, 'spec', 'cancel') !== undefined) return undefined
        const keepCordoned = prng.chance(200)
        api.patch(runs, { name: nameOf(run) }, { spec: { cancel: { reason: 'I know better', keepCordoned } } })
        if (keepCordoned) kept.add(textAt(run, 'spec', 'node', 'name') ?? '')
        return `cancels ${nameOf(run)}${keepCordoned ? ' and keeps the cordon' : ''}`
      },
      () => {
        const run = oneOf(world.objects.all(runs).filter(isQuarantined), prng) ?? open()
        if (run === undefined) return undefined
        api.patch(runs, { name: nameOf(run) }, { spec: { retry: (numberAt(run, 'spec', 'retry') ?? 0) + 1 } })
        return `retries ${nameOf(run)}`
      },
      () => {
        const run = oneOf(world.objects.all(runs), prng)
        if (run === undefined || isTerminating(run)) return undefined
        api.delete(runs, { name: nameOf(run) })
        return `deletes the run ${nameOf(run)}`
      },
      () => {
        requests += 1
        return request(person, requests)
      },
      () => answer(person),
    ],
    // A run that waits for people may wait: it is open, and it says so.
    tidy: () => uncordonAll(person, kept),
  }
}

const stepOf = (run: JsonObject): string | undefined => textAt(run, 'status', 'step', 'name')
const isOpen = (run: JsonObject): boolean => stepOf(run) !== 'Done' && !isTerminating(run)
const isQuarantined = (run: JsonObject): boolean => stepOf(run) === 'Quarantined'

function request(person: Person, count: number): string | undefined {
  const { api, world, prng, parts } = person
  const node = someNodeOf(person)
  const policy = oneOf(world.objects.all(policies), prng)
  const treatments = policy === undefined ? [] : runTreatments(policy)
  if (node === undefined || policy === undefined || treatments.length === 0) return undefined
  const name = `by-hand-${person.name.replace(/@.*/, '')}-${count}`
  const cause = {
    diagnosis: '',
    class: 'Fault',
    episode: name,
    when: '',
    message: 'because I say so',
    detectedTime: rfc3339(parts.timers.now()),
  }
  const systemUUID = textAt(node, 'status', 'nodeInfo', 'systemUUID') ?? ''
  api.create(runs, {
    apiVersion: 'prunella.dev/v1alpha1',
    kind: runKind.kind,
    metadata: { name },
    spec: {
      node: { name: nameOf(node), uid: uidOf(node), systemUUID },
      policyName: nameOf(policy),
      cause,
      treatments,
      dryRun: prng.chance(200),
      requestedBy: person.name,
    },
  })
  return `asks for the run ${name} on ${nameOf(node)}`
}

/** The reboot of the policy: what people ask for. */
function runTreatments(policy: JsonObject): readonly JsonObject[] {
  const found = at(policy, 'spec', 'treatments')
  const all = Array.isArray(found) ? found.filter(isObject) : []
  return all.filter((treatment) => isObject(treatment['reboot'])).slice(0, 1)
}

/** To the plan that the run shows, or now and then to one that it no longer has. */
function answer({ api, world, prng, name }: Person): string | undefined {
  const waiting = world.objects.all(runs).filter((run) => stepOf(run) === 'Approving')
  const run = oneOf(waiting, prng)
  const planHash = prng.chance(200) ? 'stale-plan' : textAt(run, 'status', 'planHash')
  if (run === undefined || planHash === undefined) return undefined
  const decision = prng.chance(700) ? 'Approve' : 'Reject'
  api.create('remediationapprovals.prunella.dev', {
    apiVersion: 'prunella.dev/v1alpha1',
    kind: 'RemediationApproval',
    metadata: { generateName: 'answer-' },
    spec: {
      runName: nameOf(run),
      runUID: uidOf(run),
      policyName: textAt(run, 'spec', 'policyName') ?? '',
      planHash,
      decision,
      reason: 'I have read it',
      approver: name,
    },
  })
  return `answers ${decision} to ${nameOf(run)}`
}
