import { parseArgs } from 'node:util'
import { check, property } from 'fast-check'
import { folded } from './folded.ts'
import type { Fuzzed } from './fuzzed.ts'
import { fuzzedAlerts, fuzzedAnswers } from './fuzzed-answers.ts'
import { fuzzedPromql, fuzzedWhens } from './fuzzed-expressions.ts'
import { fuzzedNodes } from './fuzzed-nodes.ts'
import { fuzzedWebhooks } from './fuzzed-webhooks.ts'

export const allFuzzed: readonly Fuzzed[] = [
  fuzzedWebhooks,
  fuzzedAnswers,
  fuzzedAlerts,
  fuzzedNodes,
  fuzzedWhens,
  fuzzedPromql,
]

export interface FuzzOptions {
  readonly cases: number
  readonly seed: number
}

export interface Fuzzing {
  readonly name: string
  readonly cases: number
  /** The smallest input that breaks the reader, and how. Undefined: none was found. */
  readonly broken: { readonly input: string; readonly error: string } | undefined
  /** Of all cases and corners the one that took the most processor time. */
  readonly slowest: Case
}

interface Case {
  readonly input: string
  /** What it is, where it is a corner. */
  readonly corner?: string | undefined
  readonly cpuMs: number
}

/** In one go nothing else runs: probes are late, leases are renewed late. */
const cpuMsMax = 50

/** Many texts, one after the other, and the worst ones that are known. */
export function fuzz({ name, inputs, corners, read }: Fuzzed, { cases, seed }: FuzzOptions): Fuzzing {
  let slowest: Case = { input: '', cpuMs: 0 }
  const timed = (input: string, corner?: string): void => {
    const cpuMs = cpuMsOf(() => read(input, 0))
    if (cpuMs > slowest.cpuMs) slowest = typical({ input, corner, cpuMs }, read, slowest)
  }
  const { counterexample, errorInstance, failed } = check(
    property(inputs, (input) => timed(input)),
    { numRuns: cases, seed },
  )
  const [input = ''] = counterexample ?? []
  const found = failed ? { input, error: String(errorInstance) } : undefined
  const broken = found ?? brokenCorner(corners, timed)
  return { name, cases, broken, slowest }
}

function brokenCorner(corners: Fuzzed['corners'], read: (input: string, corner: string) => void): Fuzzing['broken'] {
  for (const [corner, input] of Object.entries(corners)) {
    try {
      read(input, corner)
    } catch (error) {
      return { input, error: `${corner}: ${String(error)}` }
    }
  }
  return undefined
}

const triesMax = 5

/** Of several readings the one in the middle: the first meets cold code, and any one may meet a collection of garbage. */
function typical(found: Case, read: Fuzzed['read'], before: Case): Case {
  const tries = [found.cpuMs]
  while (tries.length < triesMax) tries.push(cpuMsOf(() => read(found.input, tries.length)))
  const cpuMs = tries.toSorted((left, right) => left - right)[Math.floor(triesMax / 2)] ?? 0
  return cpuMs > before.cpuMs ? { ...found, cpuMs } : before
}

function cpuMsOf(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}

const isPassed = ({ broken, slowest }: Fuzzing, limitMs = cpuMsMax): boolean =>
  broken === undefined && slowest.cpuMs <= limitMs

/** As a line of a table, and what there is to show of an input below it. */
export function told(fuzzing: Fuzzing, limitMs = cpuMsMax): readonly string[] {
  const { name, cases, broken, slowest } = fuzzing
  const verdict = isPassed(fuzzing, limitMs) ? 'ok' : broken === undefined ? 'SLOW' : 'BROKEN'
  const took = `${slowest.cpuMs.toFixed(1).padStart(6)} ms  ${shown(slowest)}`
  const line = `${name.padEnd(28)}${String(cases).padStart(8)}  ${verdict.padEnd(8)}${took}`
  return broken === undefined ? [line] : [line, `  ${broken.error.split('\n')[0]}`, `  ${quoted(broken.input)}`]
}

const shown = ({ input, corner }: Case): string => corner ?? quoted(input)

const shownMax = 400

/** Whole, so that it can be read again, unless it is too long even when what repeats itself is told once. */
function quoted(input: string): string {
  const text = folded(input)
  return text.length > shownMax ? `${text.slice(0, shownMax)}… (${input.length} characters)` : text
}

function main(args: readonly string[]): number {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cases: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
    },
  })
  const chosen = allFuzzed.filter(({ name }) => values.only === undefined || name.startsWith(values.only))
  console.log(`${'reader'.padEnd(28)}${'cases'.padStart(8)}  verdict  slowest case`)
  const outcomes = chosen.map((fuzzed) => {
    const outcome = fuzz(fuzzed, { cases: Number(values.cases), seed: Number(values.seed) })
    for (const line of told(outcome)) console.log(line)
    return outcome
  })
  const bad = outcomes.filter((outcome) => !isPassed(outcome))
  console.log(
    bad.length === 0
      ? `nothing broke, and no case took more than ${cpuMsMax} ms of processor time`
      : `NOT so: ${bad.map(({ name }) => name).join(', ')}`,
  )
  return bad.length === 0 ? 0 : 1
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2))
