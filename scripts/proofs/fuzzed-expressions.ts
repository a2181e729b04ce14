import { type Arbitrary, array, constantFrom, double, integer, letrec, oneof, string, tuple } from 'fast-check'
import { compileWhen, judgeWhen, type SignalTruths } from '../../src/domain/policy/cel.ts'
import { parsePromql } from '../../src/domain/policy/promql.ts'
import type { Fuzzed } from './fuzzed.ts'
import { mangledText } from './mangled.ts'

/** As the kind bounds them. */
const [whenMax, exprMax] = [1_024, 4_096]

const signalNames = ['a', 'b', 'storm'] as const

const celWords = [
  'a',
  'b',
  'storm',
  'value.storm',
  'rate.storm',
  'value',
  'node.name',
  'node.labels["x"]',
  'node',
  'true',
  '1',
  '0',
  '0.5',
  '"x"',
  "b'x'",
  '[1, 2]',
  '{"k": 1}',
  'null',
  '&&',
  '||',
  '!',
  '-',
  '+',
  '*',
  '/',
  '%',
  '<',
  '>=',
  '==',
  'in',
  '?',
  ':',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '.',
  ',',
  'size(',
  'has(',
  'a.all(x, ',
  '.matches("(a+)+$")',
  'timestamp(',
  'duration("1h")',
  '/*',
  '//',
  '\\u0041',
  '`',
  'r"',
  '"""',
] as const

const { expression } = letrec<{ expression: string; atom: string }>((tie) => ({
  atom: oneof(
    constantFrom(
      'a',
      'b',
      'storm',
      'value.storm > 1',
      'rate.storm >= 0.5',
      'value.storm / 2 > 1',
      'node.name == "n"',
      'node.labels["x"] == "y"',
      '"x" in node.labels',
      'true',
      '1 / 0 > 1',
    ),
    integer().map(String),
    double().map(String),
  ),
  expression: oneof(
    { depthSize: 'medium', withCrossShrink: true },
    tie('atom'),
    tuple(tie('expression'), constantFrom('&&', '||', '==', '<', '+', '/', '%', 'in'), tie('expression')).map((parts) =>
      parts.join(' '),
    ),
    tie('expression').map((inner) => `!(${inner})`),
    tuple(tie('expression'), tie('expression'), tie('expression')).map(
      ([when, then, other]) => `(${when}) ? ${then} : ${other}`,
    ),
  ),
}))

const soup = (words: readonly string[]): Arbitrary<string> =>
  array(
    oneof(
      { weight: 30, arbitrary: constantFrom(...words) },
      { weight: 1, arbitrary: string({ unit: 'binary', maxLength: 4 }) },
    ),
    { maxLength: 60 },
  ).map((all) => all.join(' '))

/** One piece again and again, up to what a policy may hold: this is where parsers take their time. */
const monotonous = (words: readonly string[], lengthMax: number): Arbitrary<string> =>
  tuple(
    constantFrom('', ...words),
    constantFrom(...words, ...brackets),
    constantFrom('', ...words),
    integer({ min: 1, max: lengthMax }),
  ).map(([begin, piece, end, length]) =>
    (begin + piece.repeat(Math.ceil(length / piece.length)).slice(0, length) + end).slice(0, lengthMax),
  )

const brackets = ['(', '[', '{', ')', ']', '}', '"', "'", '`', '$', ' ', '\n', '#', '\u0000'] as const

const textsOf = (sentences: Arbitrary<string>, words: readonly string[], lengthMax: number): Arbitrary<string> =>
  oneof(
    { weight: 8, arbitrary: sentences.map((text) => text.slice(0, lengthMax)) },
    { weight: 8, arbitrary: mangledText(sentences, lengthMax) },
    { weight: 8, arbitrary: soup(words).map((text) => text.slice(0, lengthMax)) },
    { weight: 1, arbitrary: monotonous(words, lengthMax) },
    { weight: 1, arbitrary: string({ unit: 'binary', maxLength: 100 }) },
  )

const filled = (piece: string, lengthMax: number): string =>
  piece.repeat(Math.ceil(lengthMax / piece.length)).slice(0, lengthMax)

const cornersOf = (pieces: readonly string[], lengthMax: number): Readonly<Record<string, string>> =>
  Object.fromEntries(pieces.map((piece) => [`\`${piece}\` ${lengthMax} long`, filled(piece, lengthMax)]))

/** What was read is remembered by its text, and a blank more makes it another. */
const anew = (text: string, turn: number): string => text + ' '.repeat(turn)

const evidence: readonly SignalTruths[] = [
  { a: 'False', b: 'False', storm: 'False' },
  { a: 'True', b: 'False', storm: 'Unknown' },
  { a: 'Unknown', b: 'True', storm: 'False' },
  { a: 'False', b: 'Unknown', storm: 'True' },
]

/** The `when` of a diagnosis, judged over four nodes. */
export const fuzzedWhens: Fuzzed = {
  name: 'CEL',
  inputs: textsOf(expression, celWords, whenMax),
  corners: cornersOf(['(', '!', '-', '[', '{1:', 'a?a:', 'a||', '1+', 'f(', 'a[', 'a.all(x,', '"', 'a.b'], whenMax),
  read: (text, turn) => {
    const when = compileWhen(anew(text, turn), signalNames)
    if (!when.ok) return refused(when.issues)
    for (const signals of evidence) {
      const read = when.value.signalNames.map((name) => signals[name])
      const values = { storm: 3 }
      const { truth } = judgeWhen(when.value, { signals, values, rates: values, node: facts })
      if (!['True', 'False', 'Unknown'].includes(truth)) throw new Error(`it is ${truth}`)
      if (truth === 'True' && !read.includes('True')) throw new Error('it accuses, and no signal that it reads is True')
    }
  },
}

const facts = { name: 'n', providerID: 'aws:///1', labels: { x: 'y' }, annotations: {} }

function refused(issues: readonly { readonly message: string }[]): void {
  if (issues.length === 0 || issues.some(({ message }) => message === ''))
    throw new Error('it is refused without a reason')
}

const promqlWords = [
  'up',
  'node_load1',
  'rate(',
  'sum by (node) (',
  'avg_over_time(',
  'max',
  'without',
  'on',
  'group_left',
  'ignoring',
  'offset',
  '@ end()',
  'bool',
  '[5m]',
  '[5m:1m]',
  '[$__range]',
  '{node="a"}',
  '{job=~".+"}',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ',',
  '"',
  "'",
  '`',
  '>',
  '>=',
  '<',
  '==',
  '!=',
  'and',
  'or',
  'unless',
  '+',
  '-',
  '*',
  '/',
  '^',
  '%',
  '0.9',
  '1e3',
  'NaN',
  'Inf',
  '0x1F',
  '5m',
  '# all',
  '\n',
  ':',
  '$',
] as const

const { vector } = letrec<{ vector: string }>((tie) => ({
  vector: oneof(
    { depthSize: 'small', withCrossShrink: true },
    constantFrom(
      'up',
      'node_load1{mode="idle"}',
      'rate(errors[5m])',
      'node:cpu:rate5m',
      '1',
      'vector(1)',
      'a offset 5m',
      'a[1h:5m]',
      '"x"',
    ),
    tuple(
      tie('vector'),
      constantFrom('>', '>= bool', '/', 'and on (node)', 'unless', '* on (node) group_left'),
      tie('vector'),
    ).map((parts) => parts.join(' ')),
    tie('vector').map((inner) => `sum by (node) (${inner})`),
    tie('vector').map((inner) => `max_over_time((${inner})[10m:30s])`),
    tie('vector').map((inner) => `(${inner})`),
  ),
}))

/** The `expr` of a query. */
export const fuzzedPromql: Fuzzed = {
  name: 'PromQL',
  inputs: textsOf(vector, promqlWords, exprMax),
  corners: cornersOf(
    ['(', ')', '{', '[', '"', '$', '-', 'a+', 'a^', 'abs(', 'sum by (', 'a[5m:', 'a offset ', 'a{b="', '#\n'],
    exprMax,
  ),
  read: (text, turn) => {
    const source = anew(text, turn)
    const read = parsePromql(source)
    if (!read.ok) return refused(read.issues)
    const { expr, comparison, lookbackSeconds } = read.value
    if (!source.includes(expr) || expr.trim() === '') throw new Error(`it is asked as ${expr}`)
    if (!(lookbackSeconds >= 0)) throw new Error(`it looks back ${lookbackSeconds} s`)
    if (comparison !== undefined && !Number.isFinite(comparison.limit))
      throw new Error(`its limit is ${comparison.limit}`)
  },
}
