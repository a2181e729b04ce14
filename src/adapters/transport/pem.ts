import { readFile } from 'node:fs/promises'
import type { Pem } from './cluster-access.ts'

export const textOf = async (pem: Pem): Promise<string> =>
  pem.kind === 'Inline' ? pem.text : await readFile(pem.path, 'utf8')
