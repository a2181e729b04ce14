import { existsSync, readFileSync } from 'node:fs'
import type { Plan } from '../sim/plan/plan.ts'
import { shrink } from '../sim/shrink/shrink.ts'
import { planOfSeed } from '../sim/simulation/plan-of-seed.ts'
import { simulate } from '../sim/simulation/simulate.ts'
import { forbidRealWorld } from './simulator/forbid-real-world.ts'

const usage = `usage: npm run sim:shrink -- SEED|FILE      a seed that fails, or a plan: the smallest that fails in the same way`
const playsMax = 300
const shownLines = 25

async function main([what]: readonly string[]): Promise<number> {
  if (what === undefined) {
    console.error(usage)
    return 2
  }
  const plan = planFrom(what)
  forbidRealWorld()
  Error.stackTraceLimit = 0
  const smallest = await shrink(plan, {
    play: simulate,
    playsMax,
    onSmaller: (report) => console.error(`smaller: ${sizeOf(report.plan)}`),
  })
  if (smallest?.failure === undefined) {
    console.log('it does not fail')
    return 0
  }
  console.log(smallest.trace.slice(-shownLines).join('\n'))
  console.log(JSON.stringify(smallest.plan, undefined, 2))
  console.log(`${smallest.failure.kind}: ${smallest.failure.message}`)
  return 1
}

const sizeOf = ({ cluster, replicas, faults, incidents, actors, stories, stormMs }: Plan): string =>
  [
    `${cluster.nodes + cluster.rented} nodes`,
    `${replicas.length} replicas`,
    `${stories.length} stories`,
    `${Object.keys(faults).length} faults`,
    `${incidents.length} incidents`,
    `${Object.keys(actors).length} actors`,
    `${Math.round(stormMs / 60_000)} min`,
  ].join(', ')

function planFrom(what: string): Plan {
  if (/^\d+$/.test(what)) return planOfSeed(Number(what))
  if (!existsSync(what)) throw new Error(`there is no file ${what}, and it is no seed`)
  // Written by the tools beside this one: a plan that is none fails at its first use.
  return JSON.parse(readFileSync(what, 'utf8'))
}

process.exitCode = await main(process.argv.slice(2))
