/** How to reach one API server, and as whom. Never logged: it may carry a token. */
export interface ClusterAccess {
  /** With scheme, and without a slash at the end: `https://10.0.0.1:6443/prefix`. */
  readonly server: string
  readonly tls: TlsAccess
  readonly credential: Credential
  /** The namespace of the context, or of the pod that we run in. */
  readonly namespace: string
}

export interface TlsAccess {
  /** Undefined: the certificate authorities of the system. */
  readonly authority: Pem | undefined
  readonly client: { readonly certificate: Pem; readonly key: Pem } | undefined
  /** Undefined: the host name of the server. */
  readonly serverName: string | undefined
  /** False: anybody may answer. For experiments only. */
  readonly verifies: boolean
}

/** A file is read again now and then, for certificates are rotated in place. */
export type Pem = { readonly kind: 'Inline'; readonly text: string } | { readonly kind: 'File'; readonly path: string }

export type Credential =
  | { readonly kind: 'None' }
  | { readonly kind: 'Token'; readonly token: string }
  | { readonly kind: 'TokenFile'; readonly path: string }
  | { readonly kind: 'Basic'; readonly username: string; readonly password: string }
  | ExecCredential

/** A program that hands out tokens or client certificates for a while. */
export interface ExecCredential {
  readonly kind: 'Exec'
  readonly apiVersion: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly installHint: string | undefined
  readonly givesClusterInfo: boolean
}
