import type { Actor } from './actor.ts'
import { carefulOwner } from './careful-owner.ts'
import { bmcCircumstances } from './circumstances/bmcs.ts'
import { cloudCircumstances } from './circumstances/cloud.ts'
import { hostCircumstances } from './circumstances/hosts.ts'
import { clusterAutoscaler, consolidation } from './competitors/autoscaler.ts'
import { kured } from './competitors/kured.ts'
import { machineHealthCheck } from './competitors/machine-health-check.ts'
import { maintenance, nodeHealthCheck } from './competitors/maintainers.ts'
import { remediator } from './competitors/remediator.ts'
import { clusterUpgrade } from './competitors/upgrade.ts'
import { hostileNode } from './hostile-node.ts'
import { humans } from './human/human.ts'
import { namespaceOwner } from './namespace-owner.ts'
import { nodeChurn } from './node-churn.ts'
import { workloadOwner } from './workload-owner.ts'

/** Plans name them. */
export const actors: readonly Actor[] = [
  ...humans,
  remediator,
  kured,
  clusterAutoscaler,
  consolidation,
  nodeHealthCheck,
  maintenance,
  machineHealthCheck,
  clusterUpgrade,
  workloadOwner,
  nodeChurn,
  hostileNode,
  ...bmcCircumstances,
  ...cloudCircumstances,
  ...hostCircumstances,
  namespaceOwner,
  carefulOwner,
]
