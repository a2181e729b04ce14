import { parse } from 'yaml'
import { textAt } from '../../kernel/json.ts'
import type { Verb } from '../context.ts'
import { exitCode } from '../exit-code.ts'
import { type Format, printValue, withFormat } from '../output/format.ts'

/** Offline: what this version installs, for `kubectl apply -f -`. */
export const crdsVerb: Verb = {
  name: 'crds',
  declare: (command, run) => {
    withFormat(command.description('print the CustomResourceDefinitions of this version')).action(
      async ({ output }: { readonly output?: Format }) =>
        await run(async ({ terminal, manifests }) => {
          const crds = manifests.crds()
          if (output === 'json') {
            printValue(
              terminal,
              { apiVersion: 'v1', kind: 'List', items: crds.map((text): unknown => parse(text)) },
              'json',
            )
          } else if (output === 'name') {
            for (const text of crds)
              terminal.out(
                `customresourcedefinition.apiextensions.k8s.io/${textAt(parse(text), 'metadata', 'name') ?? ''}`,
              )
          } else {
            for (const text of crds) terminal.out(`---\n${text.trimEnd()}`)
          }
          return exitCode.done
        }),
    )
  },
}
