import { renameSync, writeFileSync } from 'node:fs'
import type { Layout } from '../layout.ts'
import { cpuRatioMetric } from './config.ts'
import { metricsPath } from './services.ts'

/** Replaces what Prometheus finds at its next scrape: the busy share of each node named. */
export function setCpuRatios(layout: Layout, ratios: Readonly<Record<string, number>>): void {
  const path = metricsPath(layout)
  writeFileSync(`${path}.new`, renderCpuRatios(ratios))
  renameSync(`${path}.new`, path)
}

export const renderCpuRatios = (ratios: Readonly<Record<string, number>>): string =>
  Object.entries(ratios)
    .map(([node, ratio]) => `${cpuRatioMetric}{node="${node}"} ${ratio}\n`)
    .join('')
