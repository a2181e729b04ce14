import { stringify } from 'yaml'

export interface KubeconfigOptions {
  /** The address, as `serveHttp` returns it. */
  readonly server: string
  /** What cluster, user and context are called. */
  readonly name: string
  /** PEM text of what signed the server's certificate; none for plain HTTP. */
  readonly certificateAuthority?: string
  readonly token?: string
}

/** The text of a kubeconfig with one cluster, for `kubectl --kubeconfig`. */
export function kubeconfigText({ server, name, certificateAuthority, token }: KubeconfigOptions): string {
  const authority =
    certificateAuthority === undefined
      ? {}
      : { 'certificate-authority-data': Buffer.from(certificateAuthority).toString('base64') }
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server, ...authority } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [{ name, user: token === undefined ? {} : { token } }],
  })
}
