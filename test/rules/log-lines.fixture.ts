import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { recordedFolder } from './checks.fixture.ts'

const recorded = z.record(
  z.string(),
  z.array(z.strictObject({ line: z.string(), reasons: z.array(z.string()) })).min(2),
)

/** Kernel lines and the reasons that they must give, by configuration. */
export const logLines = recorded.parse(parse(readFileSync(join(recordedFolder, 'log-lines.yaml'), 'utf8')))
