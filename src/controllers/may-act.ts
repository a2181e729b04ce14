import { isActing } from '../domain/policy/prepared-policy.ts'
import type { Informers } from './informers.ts'
import type { PreparedPolicies } from './prepared-policies.ts'

/**
 * Whether anything may touch the world at all: a policy acts, or a run that has begun has to give back what it took. Where neither
 * holds the operator is inert, whatever a decision says.
 */
export const mayAct = (prepared: Pick<PreparedPolicies, 'list'>, runs: Pick<Informers['runs'], 'list'>): boolean =>
  prepared.list().some(({ spec, issues }) => issues.length === 0 && isActing(spec)) ||
  runs
    .list()
    .some(({ spec, status: { step } }) => spec?.dryRun === false && step?.attempted === true && step.name !== 'Done')
