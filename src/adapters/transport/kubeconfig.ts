import { parseDocument } from 'yaml'
import type { ClusterAccess, Pem, TlsAccess } from './cluster-access.ts'
import { credentialOf } from './kubeconfig-credential.ts'
import { Field, KubeconfigError, type ResolvePath } from './kubeconfig-field.ts'

export interface KubeconfigFile {
  readonly path: string
  readonly text: string
}

/**
 * What kubectl would make of these files: the first file that sets a name wins, relative paths begin at their own file. Throws
 * KubeconfigError, which names the file, the field and what is allowed.
 */
export function parseKubeconfig(
  files: readonly KubeconfigFile[],
  { context, resolvePath }: { readonly context?: string | undefined; readonly resolvePath: ResolvePath },
): ClusterAccess {
  const roots = files.map(rootOf)
  const contextName = context ?? firstText(roots, 'current-context')
  if (contextName === undefined)
    throw new KubeconfigError(pathsOf(files), 'current-context', 'is not set, and no context was asked for')

  const chosen = namedIn(roots, { list: 'contexts', member: 'context', name: contextName, askedBy: 'current-context' })
  const cluster = namedIn(roots, {
    list: 'clusters',
    member: 'cluster',
    name: chosen.at('cluster').requiredText(),
    askedBy: `contexts[${contextName}].context.cluster`,
  })
  const userName = chosen.at('user').text()
  const user =
    userName === undefined
      ? undefined
      : namedIn(roots, {
          list: 'users',
          member: 'user',
          name: userName,
          askedBy: `contexts[${contextName}].context.user`,
        })

  const pem = (owner: Field, name: string): Pem | undefined => pemOf(owner, name, resolvePath)
  return {
    server: serverOf(cluster),
    tls: tlsOf(cluster, user, pem),
    credential: user === undefined ? { kind: 'None' } : credentialOf(user, resolvePath),
    namespace: chosen.at('namespace').text() ?? 'default',
  }
}

function rootOf({ path, text }: KubeconfigFile): Field {
  const document = parseDocument(text)
  try {
    if (document.errors[0] !== undefined) throw document.errors[0]
    const root: unknown = document.toJS()
    return new Field({ file: path, path: '', value: root ?? {} })
  } catch (error) {
    throw new KubeconfigError(path, '', `is no YAML: ${firstLine(error)}`)
  }
}

/** The others show the text around, in which there may be a token. */
const firstLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split('\n')[0] ?? ''

const pathsOf = (files: readonly KubeconfigFile[]): string => files.map(({ path }) => path).join(', ') || 'kubeconfig'

function firstText(roots: readonly Field[], name: string): string | undefined {
  return roots.map((root) => root.at(name).text()).find((text) => text !== undefined)
}

interface Wanted {
  readonly list: string
  readonly member: string
  readonly name: string
  readonly askedBy: string
}

function namedIn(roots: readonly Field[], { list, member, name, askedBy }: Wanted): Field {
  const entries = roots.flatMap((root) => root.at(list).list())
  const entry = entries.find((candidate) => candidate.at('name').text() === name)
  if (entry !== undefined) return entry.at(member).object()
  const known = entries.map((candidate) => candidate.at('name').text() ?? '?').join(', ')
  const [root] = roots
  throw new KubeconfigError(
    root?.file ?? 'kubeconfig',
    askedBy,
    `names ${name}, which is not in ${list} (${known === '' ? 'empty' : known})`,
  )
}

function serverOf(cluster: Field): string {
  if (cluster.at('proxy-url').isSet)
    throw cluster.at('proxy-url').refused('is not supported: reach the API server directly')
  const server = cluster.at('server')
  const url = URL.parse(server.requiredText())
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw server.refused('must be a URL with http or https')
  if (url.search !== '' || url.hash !== '' || url.username !== '')
    throw server.refused('must be a URL without user, query and fragment')
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`
}

function tlsOf(
  cluster: Field,
  user: Field | undefined,
  pem: (owner: Field, name: string) => Pem | undefined,
): TlsAccess {
  const authority = pem(cluster, 'certificate-authority')
  const verifies = !cluster.at('insecure-skip-tls-verify').flag()
  if (!verifies && authority !== undefined) {
    throw cluster.at('insecure-skip-tls-verify').refused('cannot be true where a certificate authority is given')
  }
  return { authority, client: user && clientOf(user, pem), serverName: cluster.at('tls-server-name').text(), verifies }
}

function clientOf(user: Field, pem: (owner: Field, name: string) => Pem | undefined): TlsAccess['client'] {
  const [certificate, key] = [pem(user, 'client-certificate'), pem(user, 'client-key')]
  if (certificate === undefined && key === undefined) return undefined
  if (certificate === undefined) throw user.at('client-certificate').refused('is missing: a client-key alone is no use')
  if (key === undefined) throw user.at('client-key').refused('is missing: a client-certificate alone is no use')
  return { certificate, key }
}

/** The inline form wins over the file, as with kubectl. */
function pemOf(owner: Field, name: string, resolvePath: ResolvePath): Pem | undefined {
  const inline = owner.at(`${name}-data`)
  const encoded = inline.text()
  if (encoded !== undefined) {
    const text = Buffer.from(encoded, 'base64').toString('utf8')
    if (!text.includes('-----BEGIN')) throw inline.refused('must be PEM in base64')
    return { kind: 'Inline', text }
  }
  const path = owner.at(name).text()
  return path === undefined ? undefined : { kind: 'File', path: resolvePath(owner.file, path) }
}
