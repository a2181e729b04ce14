import { type Command, Option } from 'commander'
import { stringify } from 'yaml'
import { defaultNamespace } from '../../api/annotations.ts'
import { nearest } from '../../kernel/nearest.ts'
import { NotFoundError } from '../../ports/errors.ts'
import type { CliContext, Verb, VerbRun } from '../context.ts'
import { exitCode } from '../exit-code.ts'
import { type Format, outputVersion, printValue, withFormat } from '../output/format.ts'
import { table } from '../output/table.ts'
import { type ExportOptions, exported } from './exported.ts'
import { type Rule, rulesNamed, rulesOf } from './rule-pack.ts'

/** The rule packs that come with this version: policies, Prometheus rules, configurations of the node problem detector. */
export const rulesVerb: Verb = {
  name: 'rules',
  declare: (command, run) => {
    command.description('the rule packs of this version: list them, read one, or export them for kubectl')
    declareList(command.command('list'), run)
    declareShow(command.command('show'), run)
    declareExport(command.command('export'), run)
  },
}

function declareList(command: Command, run: VerbRun): void {
  withFormat(command.description('all of them, by name').argument('[name]', 'only this one, or this folder')).action(
    async (name: string | undefined, { output }: { readonly output?: Format }) =>
      await run(async ({ terminal, offline }) => {
        const all = rulesOf(offline.ruleFiles())
        printList(terminal, name === undefined ? all : named(all, name), output)
        return exitCode.done
      }),
  )
}

function declareShow(command: Command, run: VerbRun): void {
  command
    .description('the text of one, with its comments')
    .argument('<name>', 'as `rules list` shows it')
    .action(
      async (name: string) =>
        await run(async ({ terminal, offline }) => {
          for (const { file } of named(rulesOf(offline.ruleFiles()), name)) terminal.out(file.text.trimEnd())
          return exitCode.done
        }),
    )
}

function declareExport(command: Command, run: VerbRun): void {
  command
    .description(
      'objects for `kubectl apply -f -`: policies and PrometheusRules as such, the rest as ConfigMaps by folder',
    )
    .argument('<names...>', 'names or folders, as `rules list` shows them')
    .addOption(new Option('--as <form>', 'what to write').choices(['object', 'configmap']).default('object'))
    .option('-n, --namespace <name>', 'namespace of the objects that have one', defaultNamespace)
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['yaml', 'json']).default('yaml'))
    .action(
      async (names: readonly string[], { output, ...options }: ExportOptions & { readonly output: 'yaml' | 'json' }) =>
        await run(async ({ terminal, offline }) => {
          const all = rulesOf(offline.ruleFiles())
          const chosen = new Set(names.flatMap((name) => named(all, name)))
          const objects = exported([...chosen], options)
          if (output === 'yaml') terminal.out(objects.map((object) => stringify(object).trimEnd()).join('\n---\n'))
          else printValue(terminal, { apiVersion: 'v1', kind: 'List', items: objects }, 'json')
          return exitCode.done
        }),
    )
}

function named(rules: readonly Rule[], name: string): readonly Rule[] {
  const found = rulesNamed(rules, name)
  if (found.length > 0) return found
  const names = rules.map((rule) => rule.name)
  const meant = nearest(name, names) ?? names.find((one) => one.endsWith(`/${name}`))
  throw new NotFoundError(`there is no rule ${name}${meant === undefined ? '' : `; did you mean ${meant}?`}`)
}

function printList(terminal: CliContext['terminal'], rules: readonly Rule[], output: Format | undefined): void {
  if (output === 'json' || output === 'yaml') {
    const items = rules.map(({ name, kind, about }) => ({ name, kind, about }))
    printValue(terminal, { apiVersion: outputVersion, kind: 'RuleList', items }, output)
    return
  }
  const rows = rules.map(({ name, kind, about }) => [name, kind, about])
  if (output === 'name') for (const { name } of rules) terminal.out(name)
  else
    for (const line of table(['NAME', 'KIND', 'ABOUT'], rows))
      terminal.out(terminal.isInteractive ? cut(line, terminal.columns) : line)
}

const cut = (line: string, columns: number): string => (line.length > columns ? `${line.slice(0, columns - 1)}…` : line)
