import { stringify } from 'yaml'
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
        await run(async ({ terminal, crds }) => {
          if (output === 'json') printValue(terminal, { apiVersion: 'v1', kind: 'List', items: crds() }, 'json')
          else {
            for (const crd of crds()) {
              const name = textAt(crd, 'metadata', 'name') ?? ''
              terminal.out(
                output === 'name'
                  ? `customresourcedefinition.apiextensions.k8s.io/${name}`
                  : `---\n${stringify(crd).trimEnd()}`,
              )
            }
          }
          return exitCode.done
        }),
    )
  },
}
