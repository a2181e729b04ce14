/** Who we are, from one moment to the next. */
export interface Credentials {
  readonly current: () => Promise<Identity>
  /** The API server knows us no more. True: we have something new to say, so ask once again. */
  readonly renew: () => Promise<boolean>
}

export interface Identity {
  /** The value of the header; undefined: none. */
  readonly authorization: string | undefined
  /** Of a login plugin; those of a kubeconfig belong to the connection. */
  readonly client: { readonly certificate: string; readonly key: string } | undefined
}
