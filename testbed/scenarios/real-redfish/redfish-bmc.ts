import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { isObject, type JsonObject, textAt } from '../../../src/kernel/json.ts'
import { look } from '../../control-plane/look.ts'
import { issueCertificate } from '../../control-plane/pki.ts'
import { systemUuidOf } from '../../kwok/nodes.ts'
import { bmcSecret, credentials, switchPower } from '../../machines/bmc.ts'
import type { Hardware } from '../../machines/hardware.ts'
import { ensureRunning, stopService } from '../../process/service.ts'
import { emulatorConfig, findRedfishEmulator, passwordLine } from '../../redfish-emulator.ts'
import type { Stage } from '../../scenario/scenario.ts'

/** What the machine's power was told to be, in order. */
export type Told = readonly string[]

/**
 * A Redfish service before the power of one machine, and the operator knows no other way to it. It obeys seconds after it has said
 * that it will, and forgets an order when it gets another, as its authors made it.
 */
export async function arrangeRedfish(stage: Stage, hardware: Hardware): Promise<{ readonly told: Told }> {
  const { layout, kubectl } = stage.bed
  const program = findRedfishEmulator(process.env)
  if (program === undefined)
    throw new Error('the Redfish emulator is not installed: npm run testbed -- prerequisites --install --tier=C')
  const told: string[] = []
  const notified = await obey(stage, hardware, told)
  const folder = hardware.folder
  const place = {
    folder,
    port: layout.ports.redfish,
    tls: { certificate: join(layout.pki, `${certificate}.crt`), key: join(layout.pki, `${certificate}.key`) },
    passwordFile: join(folder, 'redfish.passwords'),
    machine: { name: hardware.name, systemUUID: systemUuidOf(hardware.name), notified },
  }
  await issueCertificate(layout.pki, { name: certificate, subject: '/CN=redfish', names: 'IP:127.0.0.1' })
  writeFileSync(place.passwordFile, await passwordLine(program, credentials), { mode: 0o600 })
  const config = join(folder, 'redfish.conf')
  writeFileSync(config, emulatorConfig(place))
  stage.afterwards('stopping the Redfish service', () => stopService(layout, certificate))
  await ensureRunning(layout, {
    name: certificate,
    program,
    args: ['--fake', '--config', config],
    ready: async () => (await look({ url: `https://127.0.0.1:${place.port}/redfish/v1/` })).status < 500,
  })
  const secret = bmcSecret(hardware)
  const replace = (wanted: JsonObject): Promise<unknown> => replaceSecret(kubectl.run, kubectl.apply, wanted)
  stage.afterwards('giving the BMC back its own protocol', () => replace(secret))
  await replace(redfishSecret(secret, place.port, readFileSync(join(layout.pki, 'ca.crt'), 'utf8')))
  return { told }
}

/** Of the process, of its files. */
const certificate = 'redfish'

/** Answers once the power is so, so that the emulator never tells what is not true yet. */
async function obey(stage: Stage, hardware: Hardware, told: string[]): Promise<string> {
  const server = createServer((request, response) => {
    obeyOrder(hardware, told, request).then(
      () => response.end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  stage.afterwards('closing the line to the power', async () => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the line to the power has no port')
  return `http://127.0.0.1:${address.port}/`
}

async function obeyOrder(hardware: Hardware, told: string[], request: IncomingMessage): Promise<void> {
  const power = await powerIn(request)
  if (power === undefined || power === (told.at(-1) ?? 'On')) return
  told.push(power)
  await switchPower(hardware, power === 'On' ? 'on' : 'off')
}

async function powerIn(request: IncomingMessage): Promise<string | undefined> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  const system: unknown = JSON.parse(body)
  return isObject(system) ? textAt(system, 'power_state') : undefined
}

const redfishSecret = (secret: JsonObject, port: number, authorities: string): JsonObject => ({
  ...secret,
  stringData: {
    protocol: 'redfish',
    address: '127.0.0.1',
    port: String(port),
    ...credentials,
    'ca.crt': authorities,
  },
})

type Run = Stage['bed']['kubectl']['run']
type Apply = Stage['bed']['kubectl']['apply']

/** Anew: what one protocol needs the other refuses. */
async function replaceSecret(run: Run, apply: Apply, secret: JsonObject): Promise<void> {
  const [name = '', namespace = ''] = [textAt(secret, 'metadata', 'name'), textAt(secret, 'metadata', 'namespace')]
  await run(['delete', 'secret', name, `--namespace=${namespace}`, '--ignore-not-found'])
  await apply([secret])
}
