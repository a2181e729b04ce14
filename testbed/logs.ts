import { existsSync } from 'node:fs'
import type { Layout } from './layout.ts'
import { lastLines, logPath, serviceNames } from './process/service.ts'

export function logText(layout: Layout, name: string, lines: number): string {
  const path = logPath(layout, name)
  if (existsSync(path)) return lastLines(path, lines)
  throw new Error(
    `no process called ${name}; there are: ${serviceNames(layout).join(', ') || 'none, this bed is down'}`,
  )
}
