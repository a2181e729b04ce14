import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { type PolicySpec, policyKind } from '../../src/api/v1alpha1/node-remediation-policy.ts'
import { isObject } from '../../src/kernel/json.ts'

/** A policy as it is shipped. */
export interface Template {
  /** Of the policy, and of its file. */
  readonly name: string
  readonly spec: PolicySpec
}

const folder = 'deploy/rules/policies'

/** Throws where a file holds no policy that can be read. */
export const readTemplates = (root: string): readonly Template[] =>
  filesIn(root, folder).map((path) => {
    const manifest: unknown = parse(readFileSync(join(root, path), 'utf8'))
    const { metadata, spec, problem } = policyKind.project(isObject(manifest) ? manifest : {})
    if (spec === undefined) throw new Error(`${path}: ${problem ?? 'it holds no policy'}`)
    return { name: metadata.name, spec }
  })

const filesIn = (root: string, place: string): readonly string[] =>
  readdirSync(join(root, place))
    .filter((file) => file.endsWith('.yaml'))
    .toSorted()
    .map((file) => `${place}/${file}`)

const rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({ alert: z.string().optional(), annotations: z.record(z.string(), z.string()).optional() }),
      ),
    }),
  ),
})

/** What the shipped alerts say to people, by their names. */
export const readAlertSummaries = (root: string): ReadonlyMap<string, string> =>
  new Map(
    filesIn(root, 'deploy/rules/prometheus').flatMap((path) => {
      const { groups } = rules.parse(parse(readFileSync(join(root, path), 'utf8')))
      return groups.flatMap(({ rules: all }) =>
        all.flatMap(({ alert, annotations }) =>
          alert === undefined ? [] : [[alert, annotations?.['summary'] ?? ''] as const],
        ),
      )
    }),
  )
