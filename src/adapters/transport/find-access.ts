import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import type { ClusterAccess } from './cluster-access.ts'
import { parseKubeconfig } from './kubeconfig.ts'
import { KubeconfigError } from './kubeconfig-field.ts'

interface AccessWish {
  /** `--kubeconfig`: must exist. */
  readonly kubeconfig?: string | undefined
  /** `--context`. */
  readonly context?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/** In this order: `--kubeconfig`, `KUBECONFIG`, the pod that we run in, `~/.kube/config`. Throws KubeconfigError. */
export function findAccess({ kubeconfig, context, env }: AccessWish): ClusterAccess {
  if (kubeconfig !== undefined) return fromFiles([kubeconfig], context)
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '')
  if (listed.length > 0) return fromFiles(listed, context)
  const host = env['KUBERNETES_SERVICE_HOST'] ?? ''
  if (host !== '' && context === undefined) return inCluster(host, env['KUBERNETES_SERVICE_PORT'] ?? '443')
  return fromFiles([join(env['HOME'] ?? '/', '.kube', 'config')], context)
}

/** A listed file that is missing is left out, as kubectl does, as long as one is there. */
function fromFiles(paths: readonly string[], context: string | undefined): ClusterAccess {
  const present = paths.filter((path) => existsSync(path))
  if (present.length === 0) {
    throw new KubeconfigError(
      paths.join(', '),
      '',
      'does not exist: name one by --kubeconfig or KUBECONFIG, or run in a pod',
    )
  }
  const files = present.map((path) => ({ path: resolve(path), text: readText(path) }))
  return parseKubeconfig(files, { context, resolvePath: (from, path) => resolve(dirname(from), path) })
}

const serviceAccountPath = '/var/run/secrets/kubernetes.io/serviceaccount'

/** What the kubelet mounts into every pod. */
export function inCluster(host: string, port: string, folder = serviceAccountPath): ClusterAccess {
  const path = join(folder, 'token')
  if (!existsSync(path)) throw new KubeconfigError(path, '', 'is missing: the pod has no service account token')
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    tls: {
      authority: { kind: 'File', path: join(folder, 'ca.crt') },
      client: undefined,
      serverName: undefined,
      verifies: true,
    },
    credential: { kind: 'TokenFile', path },
    namespace: readText(join(folder, 'namespace')).trim(),
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new KubeconfigError(path, '', `cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
