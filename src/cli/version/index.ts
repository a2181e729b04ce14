import type { Verb } from '../context.ts'
import { exitCode } from '../exit-code.ts'
import { type Format, outputVersion, printValue, withFormat } from '../output/format.ts'

export const versionVerb: Verb = {
  name: 'version',
  declare: (command, run) => {
    withFormat(command.description('print the version')).action(
      async ({ output }: { readonly output?: Format }) =>
        await run(async ({ terminal, version }) => {
          if (output === 'json' || output === 'yaml')
            printValue(terminal, { apiVersion: outputVersion, kind: 'Version', version }, output)
          else terminal.out(`prunella v${version}`)
          return exitCode.done
        }),
    )
  },
}
