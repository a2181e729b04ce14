import type { Node } from '../../api/core/node.ts'
import type { NodeFacts } from './cel.ts'

export const nodeFactsOf = ({ metadata, providerID }: Node): NodeFacts => ({
  name: metadata.name,
  providerID: providerID ?? '',
  labels: metadata.labels,
  annotations: metadata.annotations,
})
