import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { evidenceFileSchema } from '../../src/api/evidence-file.ts'
import { pollSeconds } from '../../src/api/pacing.ts'
import { policyKind } from '../../src/api/v1alpha1/node-remediation-policy.ts'
import { playCase } from '../../src/domain/evidence/play-case.ts'
import { lintPolicy } from '../../src/domain/policy/lint/lint-policy.ts'
import { preparePolicy } from '../../src/domain/policy/prepared-policy.ts'

const rules = join(import.meta.dirname, '../../deploy/rules')

function policyOf(file: string) {
  const prepared = preparePolicy(policyKind.project(parse(readFileSync(join(rules, 'policies', file), 'utf8'))))
  if (prepared === undefined) throw new Error(`${file} has no spec`)
  return prepared
}

test.each(readdirSync(join(rules, 'evidence')))('%s: its policy says what is expected', (file) => {
  const { cases } = evidenceFileSchema.parse(parse(readFileSync(join(rules, 'evidence', file), 'utf8')))
  const verdicts = cases.flatMap((one) => playCase([policyOf(file)], one))
  expect(
    verdicts.flatMap(({ case: name, at, differences }) => differences.map((one) => `${name} at ${at}s: ${one}`)),
  ).toEqual([])
})

test.each(readdirSync(join(rules, 'policies')))('%s: the linter finds nothing', (file) => {
  expect(lintPolicy(policyOf(file).spec, pollSeconds)).toEqual([])
})
