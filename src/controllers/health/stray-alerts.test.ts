import { expect, test } from 'vitest'
import type { Alert } from '../../api/alert.ts'
import { nodeKind } from '../../api/core/node.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { instant } from '../../kernel/time.ts'
import { FakeClock } from '../../runtime/fake-clock.fixture.ts'
import { FakeLog } from '../../runtime/fake-log.fixture.ts'
import { MetricsRegistry } from '../../runtime/metrics-registry.ts'
import { AlertPoll } from '../alert-poll.ts'
import { NodeIdentity } from '../node-identity.ts'
import { PreparedPolicies } from '../prepared-policies.ts'
import { FakeWatched } from '../watched.fixture.ts'
import { reportStrayAlerts } from './stray-alerts.ts'

const alert = (labels: Readonly<Record<string, string>>): Alert => ({
  labels: { alertname: 'Hot', ...labels },
  startsAt: instant(0),
  updatedAt: instant(0),
  state: 'active',
  fingerprint: JSON.stringify(labels),
})

function reporting(...firing: readonly Alert[]) {
  const [clock, log, meter] = [new FakeClock(), new FakeLog(), new MetricsRegistry()]
  const [nodes, policies] = [new FakeWatched(nodeKind, {}), new FakeWatched(policyKind, {})]
  for (const name of ['node-1', 'twin.a', 'twin.b']) nodes.put({ metadata: { name, uid: name, resourceVersion: '1' } })
  policies.put({
    metadata: { name: 'p', uid: 'p', generation: 1 },
    spec: {
      nodeSelector: { matchLabels: { a: 'b' } },
      signals: [{ name: 'hot', alert: { name: 'Hot' } }],
      diagnoses: [{ name: 'hot', class: 'Load', when: 'hot', treatments: ['replace'] }],
      treatments: [{ name: 'replace', replace: { provider: 'Karpenter' } }],
    },
  })
  let listed = firing
  const am = { name: 'am', list: async () => ({ alerts: listed, up: { ms: 3_600_000 } }) }
  const identity = new NodeIdentity(nodes)
  const alerts = new AlertPoll({ clock, log, identity, alerts: [am] }, { everyMs: 10_000 })
  reportStrayAlerts({ alerts, log, meter, prepared: new PreparedPolicies(policies) })
  void alerts.run(new AbortController().signal)
  const told = () => log.lines.map(({ text, fields }) => `${text}: ${JSON.stringify(fields)}`)
  return { clock, told, meter, nodes, list: (...next: readonly Alert[]) => (listed = next) }
}

test('an alert about no node that we know is told once, and again when it comes back', async () => {
  const { clock, told, list } = reporting(
    alert({ cluster: 'prod' }),
    alert({ node: 'gone' }),
    alert({ node: 'node-1' }),
    alert({ node: 'twin' }),
  )
  await clock.advance(60_000)
  expect(told()).toEqual([
    'Dropped alert without a node that is certain: {"alert":"Hot","reason":"NoNodeNamed","named":"none"}',
    'Dropped alert without a node that is certain: {"alert":"Hot","reason":"UnknownNode","named":"gone"}',
    'Dropped alert without a node that is certain: {"alert":"Hot","reason":"SeveralNodes","named":"twin.a, twin.b"}',
  ])
  list()
  await clock.advance(10_000)
  list(alert({ node: 'gone' }))
  await clock.advance(60_000)
  expect(told()).toHaveLength(4)
})

test('a label that is configured wrongly makes all alerts stray, and does not drown the log', async () => {
  const { clock, told, meter } = reporting(...Array.from({ length: 500 }, (_, index) => alert({ host: `h-${index}` })))
  await clock.advance(60_000)
  expect(told()).toHaveLength(21)
  expect(told().at(-1)).toBe('Dropped more alerts without a node that is certain: {"alerts":480}')
  expect(meter.text()).toContain('prunella_stray_alerts{reason="NoNodeNamed"} 500\n')
})

test('stray alerts are counted by why, as things stand when somebody looks', async () => {
  const { clock, meter, nodes } = reporting(alert({ cluster: 'prod' }), alert({ node: 'twin' }))
  await clock.advance(1)
  expect(meter.text()).toContain('prunella_stray_alerts{reason="NoNodeNamed"} 1\n')
  expect(meter.text()).toContain('prunella_stray_alerts{reason="SeveralNodes"} 1\n')
  nodes.drop('twin.b')
  expect(meter.text()).toContain('prunella_stray_alerts{reason="SeveralNodes"} 0\n')
})

test("an alert that no policy asks for is nobody's business", async () => {
  const { clock, told } = reporting(alert({ alertname: 'Cold', node: 'gone' }))
  await clock.advance(60_000)
  expect(told()).toEqual([])
})
