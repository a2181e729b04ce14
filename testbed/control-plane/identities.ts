import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from '../layout.ts'

/** Everyone who speaks to the API server has a name of its own, so that the audit log tells who did what. */
export const identities = {
  admin: { user: 'admin', groups: ['system:masters'] },
  /** The operator under test: its own service account, never an administrator. */
  operator: {
    user: 'system:serviceaccount:prunella-system:prunella',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:prunella-system', 'system:authenticated'],
  },
  /** The same account by another token: the audit log tells the replicas apart by the UID of the token. */
  'operator-b': {
    user: 'system:serviceaccount:prunella-system:prunella',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:prunella-system', 'system:authenticated'],
  },
  'controller-manager': { user: 'system:kube-controller-manager', groups: ['system:authenticated'] },
  scheduler: { user: 'system:kube-scheduler', groups: ['system:authenticated'] },
  kwok: { user: 'testbed:kwok', groups: ['system:masters'] },
  karpenter: { user: 'testbed:karpenter', groups: ['system:masters'] },
  machines: { user: 'testbed:machines', groups: ['system:masters'] },
} as const satisfies Readonly<Record<string, Identity>>

export type IdentityName = keyof typeof identities
export interface Identity {
  readonly user: string
  readonly groups: readonly string[]
}

export type Tokens = Readonly<Record<IdentityName, string>>

export const tokensPath = (layout: Layout): string => join(layout.run, 'tokens.csv')
export const kubeconfigPath = (layout: Layout, name: string): string => join(layout.kubeconfigs, `${name}.kubeconfig`)

/** The API server reads the file once, at its start: tokens are kept as long as the bed is up. */
export function ensureTokens(layout: Layout): Tokens {
  const path = tokensPath(layout)
  if (!existsSync(path)) {
    writeFileSync(path, renderTokens(identityNames.map((name) => [name, randomUUID()])), { mode: 0o600 })
  }
  return parseTokens(readFileSync(path, 'utf8'))
}

const identityNames = Object.keys(identities) as readonly IdentityName[] // keys of a constant

export const renderTokens = (tokens: readonly (readonly [IdentityName, string])[]): string =>
  tokens
    .map(([name, token]) => {
      const { user, groups } = identities[name]
      return `${token},${user},testbed-${name},"${groups.join(',')}"\n`
    })
    .join('')

export function parseTokens(text: string): Tokens {
  const found = text.split('\n').map((line) => line.split(','))
  const tokens = identityNames.map((name) => {
    const token = found.find((fields) => fields[2] === `testbed-${name}`)?.[0]
    if (token === undefined) throw new Error(`reading tokens: none for ${name}`)
    return [name, token] as const
  })
  return Object.fromEntries(tokens) as Tokens // one entry for each name, made above
}
