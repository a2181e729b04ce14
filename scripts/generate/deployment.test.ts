import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, expect, test } from 'vitest'
import { at, listAt, textAt, textMapAt } from '../../src/kernel/json.ts'
import { operatorVerb } from '../../src/main/operator.ts'
import { readConfig } from '../../src/main/operator-config.ts'
import { configMap, deployment, networkPolicy, nodeFlags, service } from './deployment.ts'

const manifest = deployment('registry.example/prunella:0')
const container = listAt(manifest, 'spec', 'template', 'spec', 'containers')[0]
const [verb, ...flags] = listAt(container, 'args').map(String)

const folder = mkdtempSync(join(tmpdir(), 'deployment-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('the operator understands what the pod passes to it', () => {
  const command = new Command('operator').exitOverride()
  operatorVerb.declare(command, async () => {})
  expect(verb).toBe(operatorVerb.name)
  const { operands, unknown } = command.parseOptions(flags)
  expect([...operands, ...unknown]).toEqual([])
  expect(command.opts()).toMatchObject({ config: '/etc/prunella/config.yaml', probeAddress: ':8080' })
})

test('Node takes its flags from the environment of the pod', () => {
  expect(listAt(container, 'env')).toContainEqual({ name: 'NODE_OPTIONS', value: nodeFlags.join(' ') })
  const seen = execFileSync(process.execPath, ['-p', 'process.env.NODE_OPTIONS'], {
    env: { NODE_OPTIONS: nodeFlags.join(' ') },
    encoding: 'utf8',
  })
  expect(seen.trim()).toBe('--max-semi-space-size=8')
})

test('the file that the flag names is mounted, and valid as it stands', () => {
  expect(listAt(container, 'volumeMounts')).toContainEqual({
    name: 'config',
    mountPath: '/etc/prunella',
    readOnly: true,
  })
  const path = join(folder, 'config.yaml')
  writeFileSync(path, textAt(configMap, 'data', 'config.yaml') ?? '')
  expect(readConfig(path)).toEqual(readConfig(undefined))
})

test('the receiver would listen on the port that the pod opens', () => {
  const path = join(folder, 'receiver.yaml')
  writeFileSync(path, 'alertmanagers: [{name: main, url: "http://am:9093"}]\nreceiver: {bearerTokenFiles: [/token]}\n')
  const port = readConfig(path).receiver?.port
  expect(listAt(container, 'ports')).toContainEqual({ name: 'receiver', containerPort: port })
  expect(listAt(networkPolicy, 'spec', 'ingress', 0, 'ports')).toContainEqual({ protocol: 'TCP', port })
})

test('the service leads to ports of the pod, by their names', () => {
  const names = listAt(container, 'ports').map((port) => textAt(port, 'name'))
  const led = listAt(service, 'spec', 'ports').map((port) => textAt(port, 'targetPort'))
  expect(led.filter((name) => !names.includes(name))).toEqual([])
  expect(at(manifest, 'spec', 'template', 'metadata', 'labels')).toMatchObject(textMapAt(service, 'spec', 'selector'))
})

/** The ports of the addresses that the example configuration suggests. */
test('the network lets the operator out to the sources of the example', () => {
  const suggested = [...(textAt(configMap, 'data', 'config.yaml') ?? '').matchAll(/url: \S+:(\d+)/g)].map(([, port]) =>
    Number(port),
  )
  const open = listAt(networkPolicy, 'spec', 'egress').flatMap((rule) => listAt(rule, 'ports'))
  expect(suggested).toEqual([9093, 9090])
  for (const port of suggested) expect(open).toContainEqual({ protocol: 'TCP', port })
})

test('the probes ask the port that the flag names', () => {
  expect(listAt(container, 'ports')).toContainEqual({ name: 'probes', containerPort: 8080 })
  for (const probe of ['livenessProbe', 'readinessProbe'])
    expect(at(container, probe, 'httpGet', 'port')).toBe('probes')
})
