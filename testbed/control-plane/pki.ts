import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import { run } from '../process/run.ts'
import { gatewayOf } from '../real-machines/addresses.ts'

/** One authority, the API server's certificate and the key that signs service account tokens. Keeps what is there. */
export async function ensurePki({ pki, instance }: Layout): Promise<void> {
  mkdirSync(pki, { recursive: true, mode: 0o700 })
  if (existsSync(join(pki, 'sa.pub'))) return
  await openssl(pki, `req -x509 ${newKey('ca')} -subj /CN=testbed-ca -days 3650 -out ca.crt`)
  await issueCertificate(pki, { name: 'apiserver', subject: '/CN=kube-apiserver', names: apiserverNames(instance) })
  await issueCertificate(pki, { name: 'kubelet-client', subject: '/O=system:masters/CN=kube-apiserver-kubelet-client' })
  await openssl(pki, 'genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out sa.key')
  await openssl(pki, 'pkey -in sa.key -pubout -out sa.pub')
}

export interface CertificateRequest {
  readonly name: string
  readonly subject: string
  readonly names?: string
}

/** Writes NAME.crt and NAME.key, good for a client as for a server. */
export async function issueCertificate(pki: string, { name, subject, names }: CertificateRequest): Promise<void> {
  const extensions = [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=digitalSignature,keyEncipherment',
    'extendedKeyUsage=clientAuth,serverAuth',
    ...(names === undefined ? [] : [`subjectAltName=${names}`]),
  ].map((extension) => `-addext ${extension}`)
  await openssl(
    pki,
    `req -x509 ${newKey(name)} -CA ca.crt -CAkey ca.key -subj ${subject} -days 3650 -out ${name}.crt ${extensions.join(' ')}`,
  )
}

const newKey = (name: string): string => `-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ${name}.key`

const apiserverNames = (instance: number): string =>
  `IP:127.0.0.1,IP:10.0.0.1,IP:${gatewayOf(instance)},DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc`

/** No word of these commands contains a space, and there is no shell that could read one of them otherwise. */
const openssl = (cwd: string, command: string): Promise<string> => run('openssl', command.split(' '), { cwd })
