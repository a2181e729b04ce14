import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findAccess, inCluster } from './find-access.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prunella-access-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a file that was asked for wins over the environment', () => {
  const [asked, listed] = [kubeconfig('asked'), kubeconfig('listed')]
  expect(findAccess({ kubeconfig: asked, env: { KUBECONFIG: listed } }).server).toBe('https://asked')
  expect(findAccess({ env: { KUBECONFIG: listed, KUBERNETES_SERVICE_HOST: '10.0.0.1' } }).server).toBe('https://listed')
})

test('of several listed files some may be missing, but not all', () => {
  const listed = kubeconfig('listed')
  expect(findAccess({ env: { KUBECONFIG: `${folder}/nothing:${listed}` } }).server).toBe('https://listed')
  expect(() => findAccess({ env: { KUBECONFIG: `${folder}/nothing` } })).toThrow(
    /nothing: does not exist: name one by --kubeconfig/,
  )
})

test('the last resort is the file at home', () => {
  mkdirSync(join(folder, '.kube'))
  kubeconfig('home', join(folder, '.kube', 'config'))
  expect(findAccess({ env: { HOME: folder } }).server).toBe('https://home')
})

test('in a pod the service account is enough', () => {
  for (const [name, text] of Object.entries({ token: 't', namespace: 'prunella\n' }))
    writeFileSync(join(folder, name), text)
  expect(inCluster('10.0.0.1', '443', folder)).toMatchObject({
    server: 'https://10.0.0.1:443',
    tls: { authority: { kind: 'File', path: join(folder, 'ca.crt') }, verifies: true },
    credential: { kind: 'TokenFile', path: join(folder, 'token') },
    namespace: 'prunella',
  })
  expect(inCluster('fd00::1', '443', folder).server).toBe('https://[fd00::1]:443')
})

test('a pod without a service account is told so', () => {
  expect(() => inCluster('10.0.0.1', '443', folder)).toThrow(/token: is missing: the pod has no service account token/)
})

function kubeconfig(host: string, path = join(folder, host)): string {
  const text = `
    current-context: x
    contexts: [{name: x, context: {cluster: c}}]
    clusters: [{name: c, cluster: {server: "https://${host}"}}]`
  writeFileSync(path, text)
  return path
}
