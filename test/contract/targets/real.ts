import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { textAt } from '../../../src/kernel/json.ts'
import { clientOf, type Endpoint } from '../client.ts'
import type { Target } from '../target.ts'

const run = promisify(execFile)

/** A kube-apiserver that `scripts/contract.ts` has started: it tells us where in the environment. */
export function realTarget(described: string): Target {
  const parsed: unknown = JSON.parse(described)
  const endpoint = {
    url: textAt(parsed, 'url') ?? '',
    ca: textAt(parsed, 'ca') ?? '',
    token: textAt(parsed, 'token') ?? '',
  }
  const [etcd, bin] = [textAt(parsed, 'etcd') ?? '', textAt(parsed, 'bin') ?? '']
  return {
    name: 'real',
    client: clientOf(endpoint),
    compact: () => compactEtcd(bin, etcd),
    bookmark: () => Promise.resolve(),
    kubeconfig: kubeconfigOf(endpoint),
    close: () => Promise.resolve(),
  }
}

async function compactEtcd(bin: string, etcd: string): Promise<void> {
  const etcdctl = (...words: readonly string[]) => run(join(bin, 'etcdctl'), [`--endpoints=${etcd}`, ...words])
  const { stdout } = await etcdctl('endpoint', 'status', '-w', 'json')
  const revision = /"revision":(\d+)/.exec(stdout)?.[1]
  if (revision === undefined) throw new Error(`etcd named no revision: ${stdout}`)
  // The API server serves former pages from its own snapshots, and drops them when it sees this key move.
  await etcdctl('put', 'compact_rev_key', revision)
  await etcdctl('compact', revision)
}

const kubeconfigOf = ({ url, ca, token }: Required<Endpoint>): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'contract',
    clusters: [
      { name: 'contract', cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
    ],
    contexts: [{ name: 'contract', context: { cluster: 'contract', user: 'contract' } }],
    users: [{ name: 'contract', user: { token } }],
  })
