import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createPrometheus } from '../../src/adapters/prometheus/prometheus.ts'
import { ageQuery } from '../../src/controllers/sources/metric-server.ts'
import { seconds } from '../../src/kernel/time.ts'
import { RefusedError, UnavailableError } from '../../src/ports/errors.ts'
import { badQuery, type Metrics } from '../../src/ports/metrics.ts'
import { Loop } from '../../src/sim/loop.ts'
import { loadMetric } from '../../src/sim/world/prometheus/prometheus.ts'
import { World } from '../../src/sim/world/world.ts'
import { findProgram } from '../../testbed/prerequisites.ts'

/** One suite for the port to Prometheus: the simulated one always, a real one where the machine has it. */
interface Target {
  readonly metrics: Metrics
  readonly close: () => Promise<void>
}

const rule = 'NodeCPUSaturated'

async function simulated(): Promise<Target> {
  const loop = new Loop()
  const web = { namespace: 'shop', name: 'web', replicas: 2, cpu: '100m' }
  const world = new World({ timers: loop, seed: 1, nodes: 2, workloads: [web] })
  await loop.runFor(seconds(60))
  world.load.burden('node-1', 95)
  await loop.runFor(seconds(30))
  return { metrics: world.prometheus.metrics, close: async () => {} }
}

/** Two nodes, scraped every second: one is busy. */
async function real(program: string): Promise<Target> {
  const endpoint = createServer((_, response) => {
    const lines = ['node-1 0.95', 'node-2 0.1'].map((line) => line.split(' '))
    response.end(lines.map(([node, value]) => `${loadMetric}{node="${node}"} ${value}\n`).join(''))
  })
  const [metricsPort, port] = [await listen(endpoint), await freePort()]
  const folder = await mkdtemp(join(tmpdir(), 'prunella-prometheus-'))
  const rules = {
    groups: [{ name: 'own', interval: '1s', rules: [{ alert: rule, expr: `${loadMetric} > 0.9`, for: '1h' }] }],
  }
  await writeFile(join(folder, 'rules.json'), JSON.stringify(rules))
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [join(folder, 'rules.json')],
    scrape_configs: [{ job_name: 'nodes', static_configs: [{ targets: [`127.0.0.1:${metricsPort}`] }] }],
  }
  await writeFile(join(folder, 'prometheus.json'), JSON.stringify(config))
  const flags = [
    `--config.file=${join(folder, 'prometheus.json')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]
  const child = spawn(program, flags, { stdio: 'ignore' })
  const metrics = createPrometheus({ name: 'real', url: `http://127.0.0.1:${port}` })
  await untilEvaluated(metrics)
  return { metrics, close: async () => await stop({ child, endpoint, folder }) }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  server.close()
  return port
}

async function untilEvaluated(metrics: Metrics): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const rules = await metrics.alertRules(rule).catch(() => [])
    if (rules.some(({ alerts }) => alerts.length > 0)) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('Prometheus has evaluated nothing within 20 s')
}

async function stop(parts: { readonly child: ChildProcess; readonly endpoint: Server; readonly folder: string }) {
  parts.child.kill('SIGTERM')
  if (parts.child.exitCode === null) await once(parts.child, 'exit')
  parts.endpoint.closeAllConnections()
  parts.endpoint.close()
  await rm(parts.folder, { recursive: true })
}

const program = findProgram('prometheus')
const targets = [
  { name: 'simulated', start: simulated, isReal: false },
  ...(program === undefined ? [] : [{ name: 'real', start: async () => await real(program), isReal: true }]),
]

describe.each(targets)('a Prometheus, $name', ({ start, isReal }) => {
  let target: Target | undefined
  beforeAll(async () => {
    target = await start()
  })
  afterAll(async () => await target?.close())
  const metrics = (): Metrics => {
    if (target === undefined) throw new Error('it was not started')
    return target.metrics
  }

  test('answers with one series for each node, and its present value', async () => {
    const { series, warnings } = await metrics().query(loadMetric)
    const isBusy = series.map(({ labels, samples }) => [labels['node'], samples.map(({ value }) => value > 0.9)])
    expect(Object.fromEntries(isBusy)).toEqual({ 'node-1': [true], 'node-2': [false] })
    expect(warnings).toEqual([])
  })

  test('tells how old its newest sample is', async () => {
    const { series } = await metrics().query(ageQuery)
    expect(series).toHaveLength(1)
    expect(series[0]?.samples[0]?.value).toBeGreaterThanOrEqual(0)
    expect(series[0]?.samples[0]?.value).toBeLessThan(20)
  })

  test('tells when a rule was evaluated, and whom it accuses though it does not fire yet', async () => {
    const rules = await metrics().alertRules(rule)
    expect(rules).toMatchObject([{ name: rule, expr: `${loadMetric} > 0.9`, isHealthy: true }])
    expect(rules[0]?.evaluatedAt).toBeGreaterThan(0)
    expect(rules[0]?.alerts.map(({ labels }) => labels['node'])).toEqual(['node-1'])
    expect(await metrics().alertRules('Unheard')).toEqual([])
  })

  test.each(['rate(up', 'rate(up)', 'scalar(up)', '"text"'])('refuses %s as a bad query', async (expr) => {
    const failure = metrics().query(expr)
    await expect(failure).rejects.toThrow(RefusedError)
    await expect(failure).rejects.toMatchObject({ reason: badQuery })
  })

  test.runIf(isReal)('answers for a stretch of time, whatever our clock says', async () => {
    const asked = async () => {
      const { series } = await metrics().queryRange(`${loadMetric} # busy`, { windowSeconds: 3, stepSeconds: 1 })
      expect(new Set(series.map(({ labels }) => labels['node']))).toEqual(new Set(['node-1', 'node-2']))
      return series
    }
    // It ends at the last whole second: one that has just begun to scrape had nothing by then.
    const series = await vi.waitFor(asked, { timeout: 10_000, interval: 250 })
    expect(series[0]?.samples.length).toBeGreaterThan(0)
    expect(series[0]?.samples.length).toBeLessThanOrEqual(4)
  })

  test.runIf(isReal)('has no number where there is none, and no series where there is none', async () => {
    const { series } = await metrics().query(`${loadMetric} * NaN`)
    expect(series.map(({ samples }) => samples)).toEqual([[], []])
    expect((await metrics().query('unheard_of')).series).toEqual([])
  })

  test.runIf(isReal)('that is gone is an outage', async () => {
    await target?.close()
    const failure = metrics().query(loadMetric)
    target = undefined
    await expect(failure).rejects.toThrow(UnavailableError)
  })
})
