import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import { type IdentityName, kubeconfigPath, type Tokens } from './identities.ts'

export type Credentials =
  | { readonly token: string }
  | { readonly 'client-certificate': string; readonly 'client-key': string }
  | { readonly 'client-certificate-data': string; readonly 'client-key-data': string }

interface KubeconfigParts {
  readonly server: string
  readonly authority: string
  readonly name: string
  readonly credentials: Credentials
}

/** JSON is YAML, and every client reads it. */
export function renderKubeconfig({ server, authority, name, credentials }: KubeconfigParts): string {
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'testbed',
    clusters: [
      { name: 'testbed', cluster: { server, 'certificate-authority-data': Buffer.from(authority).toString('base64') } },
    ],
    contexts: [{ name: 'testbed', context: { cluster: 'testbed', user: name } }],
    users: [{ name, user: credentials }],
  }
  return `${JSON.stringify(kubeconfig, undefined, 2)}\n`
}

export function writeKubeconfig(layout: Layout, name: string, credentials: Credentials): void {
  const authority = readFileSync(join(layout.pki, 'ca.crt'), 'utf8')
  const text = renderKubeconfig({ server: serverOf(layout), authority, name, credentials })
  writeFileSync(kubeconfigPath(layout, name), text, { mode: 0o600 })
}

export function writeKubeconfigs(layout: Layout, tokens: Tokens): void {
  for (const [name, token] of Object.entries(tokens) as readonly [IdentityName, string][]) {
    writeKubeconfig(layout, name, { token })
  }
}

export const serverOf = ({ host, ports }: Layout): string => `https://${host}:${ports.apiserver}`
