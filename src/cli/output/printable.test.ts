import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { prunella } from '../context.fixture.ts'
import type { CliContext, Verb } from '../context.ts'
import { printValue } from './format.ts'
import { paint } from './paint.ts'
import { table } from './table.ts'

/** Turns a terminal red, sets its title, clears it, and writes backwards: what a kubelet or a pod may have said. */
const hostile = 'a\u001B[31m\u009B2J\u001B]0;title\u0007\u202Eb\rc'
const shown = String.raw`a\u001b[31m\u009b2J\u001b]0;title\u0007\u202eb\u000dc`

const verbThat = (says: (context: CliContext) => void): Verb => ({
  name: 'say',
  declare: (command, run) => {
    command.action(async () => {
      await run(async (context) => {
        says(context)
        return 0
      })
    })
  },
})
const said = async (says: (context: CliContext) => void, colours = false) =>
  await prunella(verbThat(says), [], { terminal: { colours } })

test('what others wrote is shown on a terminal and never obeyed', async () => {
  const rows = async (colours: boolean) =>
    await said(({ terminal }) => {
      for (const line of table(['NAME', 'MESSAGE'], [['n', hostile]])) terminal.out(line)
      terminal.err(`error: ${hostile}`)
    }, colours)
  for (const colours of [false, true]) {
    const { out, err } = await rows(colours)
    expect(out.replaceAll('\u001B[31m', String.raw`\u001b[31m`)).toContain(shown)
    expect(err).toBe(`error: ${shown}`)
    for (const obeyed of ['\u009B', '\u0007', '\u202E', '\r']) expect(out).not.toContain(obeyed)
  }
})

test('our own colours, lines and tabs stay', async () => {
  const { out } = await said(({ terminal }) => terminal.out(paint(terminal, 'Bad', 'one\n\ttwo')), true)
  expect(out).toBe('\u001B[31mone\n\ttwo\u001B[0m')
})

test('what is drawn again is one line for each, and obeys nobody', async () => {
  const drawn: string[] = []
  const redraw = (draw: (columns: number) => readonly string[]): void => void drawn.push(...draw(80))
  const verb = verbThat(({ terminal }) => terminal.redraw?.((columns) => [`${columns} ${hostile}`, 'two\nlines']))
  await prunella(verb, [], { terminal: { redraw } })
  expect(drawn).toEqual([`80 ${shown}`, 'two lines'])
})

test('an error that carries hostile text is shown as well', async () => {
  const { code, err } = await said(() => {
    throw new Error(hostile)
  })
  expect([code, err]).toEqual([1, `error: ${shown}`])
})

test.each(['json', 'yaml'] as const)('%s says the same without harm, and is read back as it was', async (format) => {
  const value = { message: hostile, list: ['\u202Eplain', 'tab\there', 'two\nlines\u009B'], name: 'n' }
  const { out } = await said(({ terminal }) => printValue(terminal, value, format))
  // oxlint-disable-next-line no-control-regex -- that none is left is what is asked
  expect(out).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E]/)
  expect(format === 'json' ? JSON.parse(out) : parse(out)).toEqual(value)
})

test('a cell stays in its row, whatever its text', () => {
  expect(table(['NAME', 'REASON', 'AGE'], [['p', 'x\nnode-9   Healthy', '1s']])).toEqual([
    `NAME   ${'REASON'.padEnd(23)}   AGE`,
    String.raw`p      x\u000anode-9   Healthy   1s`,
  ])
})

test('what several objects share is written out in each of them: a reader of YAML bounds aliases', async () => {
  const writers = ['kubelet']
  const items = Array.from({ length: 200 }, () => ({ writers }))
  const { out } = await said(({ terminal }) => printValue(terminal, { items }, 'yaml'))
  expect(out).not.toMatch(/[&*]a1/)
  expect(parse(out)).toEqual({ items })
})
