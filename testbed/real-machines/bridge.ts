import { isObject, type JsonObject, textAt } from '../../src/kernel/json.ts'
import type { Layout } from '../layout.ts'
import { hardwareOf } from '../machines/hardware.ts'
import { run, runToEnd } from '../process/run.ts'
import { addressesOf, machineAddress, overlap } from './addresses.ts'

const ip = (command: string): Promise<string> => run('ip', command.split(' '))

/** The bridge that joins the machines of this bed. It is the first thing made and the last removed, so it tells whose the rest is. */
export async function ensureBridge(layout: Layout): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('tier C makes namespaces, links and control groups: run it as root')
  const { bridge, gateway, prefixLength } = addressesOf(layout)
  if ((await ownerOf(bridge)) !== layout.run) await makeBridge(layout)
  await ip(`address replace ${gateway}/${prefixLength} dev ${bridge}`)
  await ip(`link set ${bridge} up`)
  for (const { index } of hardwareOf(layout)) {
    const { address, podNetwork } = machineAddress(layout, index)
    await ip(`route replace ${podNetwork} via ${address} dev ${bridge}`)
  }
}

async function makeBridge({ instance, run: owner }: Layout): Promise<void> {
  const { bridge, networks } = addressesOf({ instance })
  const other = await ownerOf(bridge)
  if (other !== undefined) {
    throw new Error(`tier C of instance ${instance} is up in ${other}: take it down, or choose another --instance`)
  }
  const taken = takenBy(networks, objectsIn(await ip('-json -4 route show')))
  if (taken !== undefined) {
    throw new Error(
      `tier C of instance ${instance} needs ${networks.join(' and ')}, but ${taken}: choose another --instance`,
    )
  }
  await ip(`link add ${bridge} type bridge`)
  await run('ip', ['link', 'set', bridge, 'alias', owner])
}

/** Words for the route that already leads to one of the networks; the default route leads everywhere and does not count. */
export function takenBy(networks: readonly string[], routes: readonly JsonObject[]): string | undefined {
  const found = routes.find((route) => {
    const target = textAt(route, 'dst') ?? 'default'
    return target !== 'default' && networks.some((network) => overlap(network, target))
  })
  return found === undefined ? undefined : `${textAt(found, 'dst')} leads to ${textAt(found, 'dev')}`
}

/** Only if it is ours. */
export async function removeBridge(layout: Layout): Promise<void> {
  const { bridge } = addressesOf(layout)
  if ((await ownerOf(bridge)) === layout.run) await ip(`link delete ${bridge}`)
}

/** The run directory of the bed whose bridge it is; undefined: there is none. */
export async function ownerOf(bridge: string): Promise<string | undefined> {
  const link = (await links()).find((each) => textAt(each, 'ifname') === bridge)
  return link === undefined ? undefined : (textAt(link, 'ifalias') ?? 'nobody knows where')
}

/** Names of the links of this bed: the bridge and what hangs on it. */
export async function linksOf(layout: Layout): Promise<readonly string[]> {
  const { bridge } = addressesOf(layout)
  const names = (await links()).map((link) => textAt(link, 'ifname') ?? '')
  return names.filter((name) => name === bridge || name.startsWith(`${bridge}-`))
}

/** None on a machine without iproute2: it never had a bed of tier C. */
async function links(): Promise<readonly JsonObject[]> {
  const { code, stdout } = await runToEnd('ip', ['-json', 'link', 'show'])
  return code === 0 ? objectsIn(stdout) : []
}

function objectsIn(text: string): readonly JsonObject[] {
  const value: unknown = JSON.parse(text)
  return Array.isArray(value) ? value.filter(isObject) : []
}
