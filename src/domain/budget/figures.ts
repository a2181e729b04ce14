/** How many nodes are how ill. Doubtful: the list is empty, shrunken or not read yet, which never means "none" or "all". */
export type Figures =
  | {
      readonly kind: 'Known'
      readonly policy: Share
      readonly cluster: Share
    }
  | { readonly kind: 'Doubtful'; readonly message: string }

export interface Share {
  /** Nodes that are selected by the policy, or by any policy. */
  readonly selected: number
  /** Of these, nodes with a diagnosis of class Fault, and those that wait cordoned for people. */
  readonly faults: number
  readonly loads: number
}
