import { type PolicySpec, policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { actOf, isDisruptive, isInert } from './acts.ts'
import { type Checker, policyOf, type Truth } from './checker.ts'
import { newSlots } from './claims.ts'
import { SpecHistory } from './spec-history.ts'

/** Where nobody may act, nothing is written but our own group, our Lease and Events; and a dry run holds no slot. */
export function observeIsInert(): Checker {
  const policies = new SpecHistory(policyKind.plural, policyOf)
  const mayAct = (name: string, truth: Truth): boolean => {
    const specs: readonly PolicySpec[] = policies.inForceSince(name, truth.now(), truth.policy(name))
    return specs.some(({ mode }) => mode !== 'Observe')
  }
  return {
    invariant: 'I23',
    judge: (happening, truth) => {
      policies.take(happening, truth)
      const dry = newSlots(happening, truth).find(({ runUID }) => truth.runByUID(runUID)?.spec?.dryRun === true)
      if (dry !== undefined) return `the dry run ${dry.runName} took a slot`
      if (happening.kind !== 'Served' || isInert(happening.served.request)) return undefined
      const { by, request, status } = happening.served
      if (!everActed(truth)) return `${by.name} sent ${request.method} ${request.path}, and no run was ever to act`
      const act = status < 400 ? actOf(happening.served, truth) : undefined
      if (act === undefined || !isDisruptive(act)) return undefined
      const run = truth.openRunOn(act.nodeName)
      if (run === undefined) return undefined
      return mayAct(run.spec?.policyName ?? '', truth) ? undefined : `${act.what}: its policy only observes`
    },
  }
}

/** Reading takes no time here, but what was sent may still be under way when its run is gone. */
const everActed = ({ runs }: Truth): boolean => runs.some(({ spec }) => spec?.dryRun === false)
