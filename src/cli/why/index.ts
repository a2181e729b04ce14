import { explainBranches, type TreeSeen } from '../../domain/explain/branches.ts'
import { headline, joinLadder, type Ladder } from '../../domain/explain/ladder.ts'
import { renderBranches } from '../../domain/explain/render-branches.ts'
import { renderLadder } from '../../domain/explain/render-ladder.ts'
import { treeSeen } from '../../domain/explain/tree-seen.ts'
import type { Verb } from '../context.ts'
import { exitCode } from '../exit-code.ts'
import { readOperator, warnIfSilent } from '../operator-lease.ts'
import { type Format, outputVersion, printValue, withFormat } from '../output/format.ts'
import { readLadderParts } from '../read-ladder-parts.ts'

/** Why a node is treated, or is not: the gate ladder, from the same function that fills the objects. */
export const whyVerb: Verb = {
  name: 'why',
  declare: (command, run) => {
    withFormat(command.description('why a node is treated, or is not').argument('<node>', 'name of the node')).action(
      async (nodeName: string, { output }: { readonly output?: Format }) =>
        await run(async (context, options) => {
          const { terminal, clock } = context
          const cluster = await context.cluster(options)
          warnIfSilent(context, await readOperator(cluster, clock, options))
          const parts = await readLadderParts(cluster, nodeName, clock.now())
          const [ladder, tree] = [joinLadder(parts), treeSeen(parts)]
          if (output === 'json' || output === 'yaml') printValue(terminal, machineReadable(ladder, tree), output)
          else if (output === 'name') terminal.out(`node/${nodeName}`)
          else for (const line of [...renderLadder(ladder), ...diagnosisLines(ladder, tree)]) terminal.out(line)
          return exitCode.done
        }),
    )
  },
}

/** Quiet when well: a tree in which nothing is True or Unknown says what the ladder has said. */
function diagnosisLines({ health }: Ladder, tree: TreeSeen | undefined): readonly string[] {
  if (tree === undefined || tree.signals.every(({ state }) => state === 'False')) return []
  const sentence = health?.status.diagnosis?.sentence
  const lines = renderBranches(tree.policy.name, explainBranches(tree))
  return ['', ...(sentence === undefined ? [] : [sentence]), ...lines]
}

const machineReadable = (ladder: Ladder, tree: TreeSeen | undefined): object => ({
  apiVersion: outputVersion,
  kind: 'Ladder',
  node: ladder.node.metadata.name,
  attention: ladder.attention,
  headline: headline(ladder)?.reason,
  policy: ladder.policy?.metadata.name,
  run: ladder.run?.metadata.name,
  gates: ladder.gates,
  diagnosis: ladder.health?.status.diagnosis,
  diagnoses: tree && explainBranches(tree),
})
