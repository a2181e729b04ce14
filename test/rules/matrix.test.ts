import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readDetectorConfigs, readMatrix } from '../../scripts/generate/matrix.ts'
import { keyOf } from '../../scripts/generate/matrix-page.ts'

const root = join(import.meta.dirname, '../..')
const rows = readMatrix(root).groups.flatMap((group) => group.rows)
const { plugins, logs } = readDetectorConfigs(root)

/** What the rule pack can say. */
const said = new Set(
  [...plugins, ...logs].flatMap(([config, { rules }]) =>
    rules.map(({ condition, reason }) =>
      keyOf(condition === undefined ? { config, event: reason } : { config, condition }),
    ),
  ),
)
const named = new Set(rows.flatMap(({ detector = [] }) => detector.map(keyOf)))

test('what a row promises of the detector, a configuration says', () => {
  expect([...named].filter((key) => !said.has(key))).toEqual([])
})

test('what a configuration says belongs to a row', () => {
  expect([...said].filter((key) => !named.has(key))).toEqual([])
})

test('rows have names of their own', () => {
  expect(rows.map(({ row }) => row)).toEqual([...new Set(rows.map(({ row }) => row))])
})

test('alerts that a row names exist in the Prometheus rules', () => {
  const folder = join(root, 'deploy/rules/prometheus')
  const text = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n')
  const alerts = new Set([...text.matchAll(/^\s+- alert: (\w+)$/gm)].map(([, name]) => name))
  expect(rows.flatMap((row) => row.alerts ?? []).filter((alert) => !alerts.has(alert))).toEqual([])
})

/** What the product was founded on must be seen on the node itself, whatever else watches it. */
const founding = {
  'bad-sectors': 'plugin/disk-reallocated-sectors',
  'disk-saturated': 'plugin/disk-io',
  'disk-full': 'plugin/filesystem-space',
  'inodes-full': 'plugin/filesystem-inodes',
  'filesystem-readonly': 'log/readonly-filesystem',
  'xfs-shutdown': 'log/xfs-shutdown',
  'memory-nearly-gone': 'plugin/memory-nearly-exhausted',
  'memory-short': 'plugin/memory-short',
  'oom-kills': 'log/node-oom',
  'memory-leak': 'plugin/memory-leak',
  'hardware-fatal': 'log/hardware-errors',
  'ecc-corrected': 'plugin/memory-errors-corrected',
  'cpu-hot': 'plugin/cpu-temperature',
  'kernel-deadlock': 'log/kernel-deadlock',
  zombies: 'plugin/zombies',
  'pids-full': 'plugin/pids',
  'fds-full': 'plugin/file-descriptors',
  'clock-skew': 'plugin/clock-offset',
  'nic-errors': 'plugin/nic-errors',
  'network-loss': 'plugin/packet-loss',
  'tcp-retransmits': 'plugin/tcp-retransmits',
  'conntrack-full': 'plugin/conntrack',
  'kubelet-unready': 'plugin/kubelet-health',
  'runtime-sick': 'plugin/runtime-health',
}

test.each(Object.entries(founding))('%s is seen by %s', (name, config) => {
  const found = rows.find(({ row }) => row === name)
  expect(found?.detector?.map((seen) => seen.config)).toContain(config)
})
