import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { textAt } from '../../src/kernel/json.ts'
import { layoutOf } from '../layout.ts'
import { addressesOf, machineAddress, overlap } from './addresses.ts'
import { bootScript, machineCommand, quoted } from './boot-script.ts'
import { bootIdHook, containerdConfig, kubeletConfig, networkConfig } from './configs.ts'
import { pauseImage } from './image.ts'
import { places } from './places.ts'
import { realMachinesOf } from './real-machine.ts'
import { inittab, restartCommand, serviceScripts } from './services.ts'

const layout = layoutOf({}, { instance: 3, run: "/beds/it's", tier: 'C' })
const [machine, ...others] = realMachinesOf(layout)
if (machine === undefined) throw new Error('the rack is empty')
const script = bootScript(layout, machine)
const services = serviceScripts(layout, machine)

/** The shell reads it, and runs nothing. */
const parses = (text: string): void => void execFileSync('/bin/sh', ['-n'], { input: text })

test('the power of the parent is the life of everything in the machine', () => {
  const command = machineCommand('/boot').join(' ')
  expect(command).toMatch(/^setpriv --pdeathsig=KILL unshare .*--kill-child.* \/boot$/)
  for (const kind of ['pid', 'net', 'mount', 'uts', 'ipc']) expect(command).toContain(` --${kind} `)
})

test('nothing is mounted where the host could see it, and its root is left before init begins', () => {
  expect(machineCommand('/boot')).toContain('--propagation=private')
  const order = ['mount -t tmpfs', 'pivot_root . old', 'umount -l old', 'exec env -i'].map((words) =>
    script.indexOf(words),
  )
  expect(order).toEqual(order.toSorted((left, right) => left - right))
  expect(order).not.toContain(-1)
})

test('a machine knows the way to the pods of the others, and not to its own by way of them', () => {
  for (const { index } of others) {
    const { podNetwork, address } = machineAddress(layout, index)
    expect(script).toContain(`ip route add ${podNetwork} via ${address}\n`)
  }
  expect(script).not.toContain(`via ${machine.address}`)
  expect(script).toContain(`--to-destination ${addressesOf(layout).gateway}:${layout.ports.apiserver}\n`)
})

test('the shell understands what is written for it, whatever the run directory is called', () => {
  for (const text of [script, restartCommand, ...Object.values(services)]) parses(text)
  expect(quoted("it's")).toBe(String.raw`'it'\''s'`)
  expect(execFileSync('/bin/sh', ['-c', `printf %s ${quoted(machine.disk)}`], { encoding: 'utf8' })).toBe(machine.disk)
})

test('init starts every service that has a script, and knows where it stands', () => {
  const started = [...inittab.matchAll(/^::respawn:\/etc\/service\/(\w+)$/gm)].map(([, name]) => name)
  expect(new Set(started)).toEqual(new Set(Object.keys(services)))
  for (const [name, text] of Object.entries(services)) expect(text).toContain(`echo $$ >/run/${name}.pid\n`)
})

test('the kubelet keeps to the group, the runtime and the name of its machine', () => {
  const config = kubeletConfig(layout, machine.name)
  expect(textAt(config, 'cgroupRoot')).toBe('/prunella-3/machine-1')
  expect(textAt(config, 'containerRuntimeEndpoint')).toBe(`unix://${places.containerdSocket}`)
  expect(services['kubelet']).toContain("'--hostname-override=machine-1' '--node-ip=10.89.3.11'")
  expect(containerdConfig).toContain(`sandbox = '${pauseImage}'`)
})

test('pods of two machines get addresses from networks of their own', () => {
  const subnet = (index: number): string =>
    textAt(networkConfig(layout, index), 'plugins', 0, 'ipam', 'ranges', 0, 0, 'subnet') ?? ''
  expect(subnet(0)).toBe(machineAddress(layout, 0).podNetwork)
  expect(overlap(subnet(0), subnet(1))).toBe(false)
})

test('the hook finds the root of the container in the state that runc gives it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hook-'))
  try {
    writeFileSync(join(folder, 'mount'), '#!/bin/sh\necho "$@"\n', { mode: 0o755 })
    const command = textAt(bootIdHook, 'hooks', 'createContainer', 0, 'args', 2) ?? ''
    const state = {
      ociVersion: '1.0.2',
      id: 'c',
      status: 'creating',
      pid: 7,
      bundle: '/run/b/c',
      annotations: { a: '"' },
    }
    const output = execFileSync('/bin/sh', ['-c', command], {
      input: JSON.stringify(state),
      env: { PATH: `${folder}:/usr/bin:/bin` },
      encoding: 'utf8',
    })
    const file = 'proc/sys/kernel/random/boot_id'
    expect(output).toBe(`--bind /${file} /run/b/c/rootfs/${file}\n`)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
