import { headline, joinLadder, type Ladder } from '../../domain/explain/ladder.ts'
import { renderLadder } from '../../domain/explain/render-ladder.ts'
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
          const ladder = joinLadder(await readLadderParts(cluster, nodeName, clock.now()))
          if (output === 'json' || output === 'yaml') printValue(terminal, machineReadable(ladder), output)
          else if (output === 'name') terminal.out(`node/${nodeName}`)
          else for (const line of renderLadder(ladder)) terminal.out(line)
          return exitCode.done
        }),
    )
  },
}

const machineReadable = (ladder: Ladder): object => ({
  apiVersion: outputVersion,
  kind: 'Ladder',
  node: ladder.node.metadata.name,
  attention: ladder.attention,
  headline: headline(ladder)?.reason,
  policy: ladder.policy?.metadata.name,
  run: ladder.run?.metadata.name,
  gates: ladder.gates,
})
