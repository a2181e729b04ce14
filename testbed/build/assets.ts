import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Layout } from '../layout.ts'
import { run } from '../process/run.ts'

/** Karpenter's own CRDs, of the version that was built. */
export const karpenterCrds = ({ bin }: Layout): string => join(bin, '../share/karpenter-crds')

export const hasKarpenterCrds = (layout: Layout): boolean => existsSync(karpenterCrds(layout))

/** Taken out of the Go module, so that a bed needs neither Go nor its module cache once it is built. */
export async function copyKarpenterCrds(layout: Layout, moduleFolder: string): Promise<void> {
  const module = (
    await run('go', ['list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/karpenter'], { cwd: moduleFolder })
  ).trim()
  const target = karpenterCrds(layout)
  const incoming = `${target}.new`
  rmSync(incoming, { recursive: true, force: true })
  mkdirSync(dirname(target), { recursive: true })
  for (const folder of ['pkg/apis/crds', 'kwok/apis/crds']) cpSync(join(module, folder), incoming, { recursive: true })
  rmSync(target, { recursive: true, force: true })
  renameSync(incoming, target)
}
