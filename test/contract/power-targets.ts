import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isIpmiSimInstalled, startIpmiSim } from '../../src/adapters/ipmi/ipmi-sim.fixture.ts'
import { first } from '../../src/adapters/loopback-certificates.fixture.ts'
import { sha256Of } from '../../src/adapters/redfish/bench.fixture.ts'
import { startRedfishService } from '../../src/adapters/redfish/redfish-service.fixture.ts'
import { createPower } from '../../src/main/power.ts'
import type { BmcAccess, Power, RedfishAccess } from '../../src/ports/power.ts'
import { Loop } from '../../src/sim/loop.ts'
import { Bmc } from '../../src/sim/world/host/bmc.ts'
import { BmcNetwork } from '../../src/sim/world/host/bmc-network.ts'
import { Machine } from '../../src/sim/world/host/machine.ts'
import { physicsFixture } from '../../src/sim/world/host/physics.fixture.ts'
import { emulatorConfig, findRedfishEmulator, passwordLine } from '../../testbed/redfish-emulator.ts'

/** A BMC with one machine, as the operator has it. */
export interface PowerTarget {
  readonly power: Power
  readonly access: BmcAccess
  readonly close: () => Promise<void>
}

interface PowerTargetKind {
  readonly name: string
  readonly start: () => Promise<PowerTarget>
  /** Whether its port looks at the last moment of a command; in the simulator the road to it does. */
  readonly isPunctual: boolean
}

const redfishEmulator = findRedfishEmulator(process.env)

/** The simulated one and our own Redfish service always, the others where the machine has them. */
export const powerTargets: readonly PowerTargetKind[] = [
  { name: 'simulated', start: simulated, isPunctual: false },
  { name: 'Redfish, a service of ours', start: ownRedfish, isPunctual: true },
  ...(isIpmiSimInstalled() ? [{ name: 'IPMI, ipmi_sim', start: ipmi, isPunctual: true }] : []),
  ...(redfishEmulator === undefined
    ? []
    : [{ name: 'Redfish, sushy-tools', start: async () => await sushy(redfishEmulator), isPunctual: true }]),
]

const loopback = ['127.0.0.0/8']

/** Its time passes while somebody waits for an answer. */
async function simulated(): Promise<PowerTarget> {
  const loop = new Loop()
  const nature = physicsFixture(loop)
  const machine = new Machine(nature, 'node-1')
  machine.startRunning()
  const account = { address: '10.0.0.1', port: 623, username: 'prunella', password: 'secret' }
  const network = new BmcNetwork(nature)
  network.add(new Bmc(nature, machine, account))
  const inTime = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    const settled = Promise.allSettled([answer])
    await loop.runFor(60_000)
    await settled
    return await answer
  }
  const { power } = network
  return {
    power: {
      read: async (bmc) => await inTime(power.read(bmc)),
      turnOff: async (bmc) => await inTime(power.turnOff(bmc)),
      turnOn: async (bmc) => await inTime(power.turnOn(bmc)),
    },
    access: { protocol: 'ipmi', ...account, cipherSuite: 17, systemUUID: machine.systemUUID },
    close: async () => {},
  }
}

async function ownRedfish(): Promise<PowerTarget> {
  const service = await startRedfishService()
  const power = createPower(loopback)
  const systemUUID = service.systems[0]?.uuid ?? ''
  const access = redfishAt(service.port, { ...service.account, systemUUID })
  return {
    power,
    access,
    close: async () => {
      await power.close()
      await service.close()
    },
  }
}

const redfishAt = (
  port: number,
  account: Pick<RedfishAccess, 'username' | 'password'> & { readonly systemUUID: string },
): RedfishAccess => ({
  protocol: 'redfish',
  address: '127.0.0.1',
  port,
  ...account,
  trust: { certificateSHA256: sha256Of(first) },
})

async function ipmi(): Promise<PowerTarget> {
  const { access, stop } = await startIpmiSim()
  const power = createPower(loopback)
  const systemUUID = '33221100-5544-4706-8899-aabbccddeeff'
  return {
    power,
    access: { ...access, systemUUID },
    // An ipmi_sim that is killed leaves its machine running.
    close: async () => {
      await power.turnOff(access).catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 2_000))
      stop()
    },
  }
}

/** OpenStack's emulator with its fake driver: no sessions, a root that is hidden, and orders that are obeyed some seconds later. */
async function sushy(program: string): Promise<PowerTarget> {
  const folder = mkdtempSync(join(tmpdir(), 'sushy-'))
  const port = await freePort()
  const account = { username: 'prunella', password: 'hunter2' }
  const file = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  const config = file(
    'emulator.conf',
    emulatorConfig({
      folder,
      port,
      tls: { certificate: file('tls.crt', first.certificate), key: file('tls.key', first.key) },
      passwordFile: file('htpasswd', await passwordLine(program, account)),
    }),
  )
  const child = spawn(program, ['--fake', '--config', config], { cwd: folder, stdio: 'ignore' })
  const power = createPower(loopback)
  return {
    power,
    // The one machine of its fake driver.
    access: redfishAt(port, { ...account, systemUUID: '27946b59-9e44-4fa7-8e91-f3527a1ef094' }),
    close: async () => {
      await power.close()
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return address.port
}
