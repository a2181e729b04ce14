import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { unbuilt } from './build/build.ts'
import type { Layout, Tier } from './layout.ts'
import { run, runToEnd } from './process/run.ts'
import { installRedfishEmulator } from './redfish-emulator.ts'
import { elapsed, type Say } from './say.ts'

/** Something the machine lacks, and what a person would type to get it. */
export interface Missing {
  readonly what: string
  readonly install: string
  /** The Debian package that brings it, where there is one. */
  readonly package?: string
}

/** Thrown before anything was started, so that nothing has to be cleaned up. */
class MissingPrerequisitesError extends Error {
  override readonly name = 'MissingPrerequisitesError'

  constructor(missing: readonly Missing[]) {
    super(['this machine lacks', ...missing.map(({ what, install }) => `  ${what}: ${install}`)].join('\n'))
  }
}

export async function ensurePrerequisites(
  layout: Layout,
  tier: Tier,
  { install, say }: { readonly install: boolean; readonly say: Say },
): Promise<void> {
  const packages = missingPackages(tier, findProgram)
  if (install && packages.length > 0 && process.getuid?.() === 0) {
    await installPackages(
      packages.flatMap(({ package: name }) => name ?? []),
      say,
    )
  }
  if (install && tier !== 'API' && tier !== 'A') await installRedfishEmulator(process.env, say)
  const missing = [
    ...missingPackages(tier, findProgram),
    ...(unbuilt(layout, tier).length > 0 ? await missingGo() : []),
  ]
  if (missing.length > 0) throw new MissingPrerequisitesError(missing)
}

const packagesOfB = {
  openssl: 'openssl',
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  'prometheus-node-exporter': 'prometheus-node-exporter',
  ipmi_sim: 'openipmi',
  ipmitool: 'ipmitool',
  faketime: 'faketime',
}

/** Which program stands for which Debian package. */
const packagesOf: Readonly<Record<Tier, Readonly<Record<string, string>>>> = {
  API: { openssl: 'openssl' },
  A: { openssl: 'openssl' },
  B: packagesOfB,
  C: {
    ...packagesOfB,
    runc: 'runc',
    '/usr/lib/cni/bridge': 'containernetworking-plugins',
    busybox: 'busybox-static',
    ip: 'iproute2',
    iptables: 'iptables',
  },
}

export const missingPackages = (tier: Tier, find: (program: string) => string | undefined): readonly Missing[] =>
  Object.entries(packagesOf[tier])
    .filter(([program]) => find(program) === undefined)
    .map(([program, name]) => ({
      what: `${program} (Debian package ${name})`,
      install: `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${name}   (or run this as root with --install)`,
      package: name,
    }))

/** Debian keeps some in sbin, which the PATH of people often lacks, and some where no PATH leads: those are named by their path. */
export function findProgram(program: string): string | undefined {
  if (isAbsolute(program)) return existsSync(program) ? program : undefined
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin']
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path))
}

async function missingGo(): Promise<readonly Missing[]> {
  const { code, stdout } = await runToEnd('go', ['env', 'GOVERSION'])
  const version = code === 0 ? stdout.trim() : undefined
  if (version !== undefined && isGoRecent(version)) return []
  return [
    {
      what: `Go 1.26 or later (found ${version ?? 'none'})`,
      install: 'https://go.dev/dl/, then put its bin folder on PATH',
    },
  ]
}

export function isGoRecent(version: string): boolean {
  const [, major = '0', minor = '0'] = /^go(\d+)\.(\d+)/.exec(version) ?? []
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 26)
}

async function installPackages(packages: readonly string[], say: Say): Promise<void> {
  const began = performance.now()
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  say(`installing ${packages.join(' ')} …`)
  await run('apt-get', ['update', '--quiet'], { env, timeoutMs: installDeadlineMs })
  await withoutServices(() =>
    run('apt-get', ['install', '--yes', '--quiet', '--no-install-recommends', ...packages], {
      env,
      timeoutMs: installDeadlineMs,
    }),
  )
  say(`installing ${packages.join(' ')}: done, ${elapsed(began)}`)
}

const installDeadlineMs = 10 * 60_000

/** Debian starts the services it installs unless this file forbids it; the bed starts its own, on its own ports. */
async function withoutServices(work: () => Promise<unknown>): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d'
  const ours = !existsSync(policy)
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await work()
  } finally {
    if (ours) rmSync(policy, { force: true })
  }
}
