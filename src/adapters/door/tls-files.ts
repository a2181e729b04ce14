import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { Log } from '../../ports/journal.ts'

/** PEM files. They may be replaced at any time, as long as they fit together then. */
export interface TlsFiles {
  readonly certFile: string
  readonly keyFile: string
  /** Clients must show a certificate that one of these authorities has signed. Left out: none is asked for. */
  readonly clientCAFile?: string | undefined
}

export interface TlsTexts {
  readonly cert: string
  readonly key: string
  readonly ca?: string
  readonly minVersion: 'TLSv1.2'
}

/** Throws where a file cannot be read, or is not what it should be. */
export function readTlsFiles({ certFile, keyFile, clientCAFile }: TlsFiles): TlsTexts {
  const [cert, key] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')]
  const ca = clientCAFile === undefined ? {} : { ca: readFileSync(clientCAFile, 'utf8') }
  const texts: TlsTexts = { cert, key, ...ca, minVersion: 'TLSv1.2' }
  createSecureContext(texts)
  return texts
}

interface Following {
  readonly everyMs: number
  readonly use: (texts: TlsTexts) => void
  readonly log: Log
}

/** Uses what the files hold whenever that changes; while they cannot be read, what they held last. Returns how to end it. */
export function followTlsFiles(files: TlsFiles, { everyMs, use, log }: Following): () => void {
  let used = JSON.stringify(readTlsFiles(files))
  let complained = ''
  const look = (): void => {
    try {
      const texts = readTlsFiles(files)
      complained = ''
      if (JSON.stringify(texts) === used) return
      used = JSON.stringify(texts)
      use(texts)
      log.info('Read new certificates', { file: files.certFile })
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error)
      if (cause !== complained) log.warn('Could not read certificates, kept the old ones', { cause })
      complained = cause
    }
  }
  const timer = setInterval(look, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
