import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { alertingServices } from './alerting/services.ts'
import { build } from './build/build.ts'
import { ensureTokens, kubeconfigPath, type Tokens } from './control-plane/identities.ts'
import { serverOf, writeKubeconfigs } from './control-plane/kubeconfig.ts'
import { ensurePki } from './control-plane/pki.ts'
import { apiserver, controllerManager, etcd, scheduler } from './control-plane/services.ts'
import { installKarpenterKinds, installNodePool, karpenter } from './karpenter/karpenter.ts'
import { type Kubectl, kubectlWith } from './kubectl.ts'
import { ensureCluster, podsMayBeCreated } from './kwok/cluster.ts'
import { kwok } from './kwok/service.ts'
import { type BedAddress, type Layout, layoutOf, type Tier } from './layout.ts'
import { furnishRack, machinesReady } from './machines/rack.ts'
import { installOperator } from './operator/install.ts'
import { ensurePrerequisites } from './prerequisites.ts'
import { ensureRunning, type Service } from './process/service.ts'
import { ensureBridge } from './real-machines/bridge.ts'
import { furnishRealRack } from './real-machines/rack.ts'
import { elapsed, type Say, silent } from './say.ts'
import { readTier, writeTier } from './state.ts'
import { takeDown } from './teardown.ts'

/** A control plane that runs, and how to reach it. */
export interface Bed {
  readonly tier: Tier
  readonly layout: Layout
  readonly server: string
  readonly authorityFile: string
  readonly tokens: Tokens
  readonly adminKubeconfig: string
  /** The operator's own rights and no more. */
  readonly operatorKubeconfig: string
  /** As administrator. */
  readonly kubectl: Kubectl
  readonly down: () => Promise<void>
}

export interface BedOptions extends BedAddress {
  readonly tier: Tier
  /** Installs missing Debian packages instead of only naming them. */
  readonly install?: boolean
  readonly say?: Say
}

/** Idempotent: what runs is left alone, what has died is started again. */
export async function startBed({ tier, install = false, say = silent, ...address }: BedOptions): Promise<Bed> {
  const layout = layoutOf(process.env, { ...address, tier })
  const standing = readTier(layout)
  if (standing !== undefined && standing !== tier) {
    throw new Error(
      `bed ${layout.instance} is up as tier ${standing}: take it down first, or choose another --instance`,
    )
  }
  await ensurePrerequisites(layout, tier, { install, say })
  await build(layout, tier, say)
  if (tier === 'C') await ensureBridge(layout)
  await mkdir(layout.run, { recursive: true, mode: 0o700 })
  writeTier(layout, tier)
  await ensurePki(layout)
  const tokens = ensureTokens(layout)
  writeKubeconfigs(layout, tokens)
  const bed = bedOf({ tier, layout, tokens })
  await startControlPlane(bed, say)
  return bed
}

function bedOf({ tier, layout, tokens }: Pick<Bed, 'tier' | 'layout' | 'tokens'>): Bed {
  const adminKubeconfig = kubeconfigPath(layout, 'admin')
  return {
    tier,
    layout,
    tokens,
    server: serverOf(layout),
    authorityFile: join(layout.pki, 'ca.crt'),
    adminKubeconfig,
    operatorKubeconfig: kubeconfigPath(layout, 'operator'),
    kubectl: kubectlWith(layout, adminKubeconfig),
    down: () => takeDown(layout, silent),
  }
}

async function startControlPlane(bed: Bed, say: Say): Promise<void> {
  const { layout, tier, tokens } = bed
  // the API server waits for etcd by itself, and needs most of the time
  await together(layout, [etcd(layout), apiserver(layout, tier, tokens)], say)
  if (tier === 'API') return
  const playing = tier === 'C' ? [] : [kwok(layout)]
  await together(layout, [controllerManager(layout), scheduler(layout), ...playing], say)
  if (tier === 'C') return startTierC(bed, say)
  await Promise.all([installOperator(bed.kubectl, layout, say), ensureCluster(bed.kubectl, say)])
  if (tier === 'B') await startTierB(bed, say)
}

async function startTierB({ layout, kubectl }: Bed, say: Say): Promise<void> {
  await installKarpenterKinds(layout, kubectl)
  const machines = await furnishRack(layout, kubectl)
  await together(layout, [karpenter(layout), ...alertingServices(layout), ...machines], say)
  await installNodePool(kubectl)
  await machinesReady(kubectl, layout)
}

async function startTierC({ layout, kubectl }: Bed, say: Say): Promise<void> {
  await Promise.all([installOperator(kubectl, layout, say), podsMayBeCreated(kubectl)])
  const machines = await furnishRealRack(layout, kubectl)
  await together(layout, [...alertingServices(layout), ...machines], say)
  const began = performance.now()
  await machinesReady(kubectl, layout)
  say(`machines: Ready, ${elapsed(began)}`)
}

const together = (layout: Layout, services: readonly Service[], say: Say): Promise<unknown> =>
  Promise.all(services.map((service) => bringUp(layout, service, say)))

async function bringUp(layout: Layout, service: Service, say: Say): Promise<void> {
  const began = performance.now()
  const found = await ensureRunning(layout, service)
  say(`${service.name}: ${found === 'Started' ? 'up' : 'was up'}, ${elapsed(began)}`)
}
