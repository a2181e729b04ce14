import { Argument } from 'commander'
import { NotFoundError } from '../../ports/errors.ts'
import type { Verb } from '../context.ts'
import { exitCode } from '../exit-code.ts'
import { readOperator, warnIfSilent } from '../operator-lease.ts'
import { type Format, type Listing, printListing, withFormat } from '../output/format.ts'
import { listNodes } from './nodes.ts'
import { type ListPorts, listApprovals, listPauses, listPolicies, listRuns } from './objects.ts'

type Lister = (ports: ListPorts) => Promise<Listing>

const listers: Readonly<Record<string, Lister>> = {
  nodes: listNodes,
  runs: listRuns,
  policies: listPolicies,
  approvals: listApprovals,
  pauses: listPauses,
}

/** Views of objects, with the caller's own rights. */
export const getVerb: Verb = {
  name: 'get',
  declare: (command, run) => {
    command
      .description('list nodes, runs, policies, approvals or pauses')
      .addArgument(new Argument('<what>').choices(Object.keys(listers)))
      .argument('[name]', 'show only this one')
    withFormat(command).action(
      async (what: string, name: string | undefined, { output }: { readonly output?: Format }) =>
        await run(async (context, options) => {
          const cluster = await context.cluster(options)
          warnIfSilent(context, await readOperator(cluster, context.clock, options))
          const listing = await (listers[what] ?? listNodes)({ cluster, now: context.clock.now() })
          const rows = listing.rows.filter((row) => name === undefined || row.name === name)
          if (name !== undefined && rows.length === 0) throw new NotFoundError(`there is no ${name} among the ${what}`)
          printListing(context, { ...listing, rows }, output)
          return exitCode.done
        }),
    )
  },
}
