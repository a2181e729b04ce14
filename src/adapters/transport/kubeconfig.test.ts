import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { ClusterAccess } from './cluster-access.ts'
import { parseKubeconfig } from './kubeconfig.ts'

const pem = '-----BEGIN CERTIFICATE-----\n'
const base64 = Buffer.from(pem).toString('base64')

test('the ordinary case: inline authority, client certificate, namespace of the context', () => {
  const user = { 'client-certificate-data': base64, 'client-key-data': base64 }
  expect(parse(config({ user, context: { namespace: 'prunella' } }))).toEqual({
    server: 'https://10.0.0.1:6443',
    tls: {
      authority: { kind: 'Inline', text: pem },
      client: { certificate: { kind: 'Inline', text: pem }, key: { kind: 'Inline', text: pem } },
      serverName: undefined,
      verifies: true,
    },
    credential: { kind: 'None' },
    namespace: 'prunella',
  })
})

test('relative paths begin at their own file', () => {
  const cluster = { 'certificate-authority': 'ca.crt', 'certificate-authority-data': undefined }
  const access = parse(
    config({ cluster, user: { tokenFile: '../token', 'client-certificate': '/abs.crt', 'client-key': 'a.key' } }),
  )
  expect(access.tls).toMatchObject({
    authority: { kind: 'File', path: '/home/me/.kube/ca.crt' },
    client: { certificate: { kind: 'File', path: '/abs.crt' }, key: { kind: 'File', path: '/home/me/.kube/a.key' } },
  })
  expect(access.credential).toEqual({ kind: 'TokenFile', path: '/home/me/token' })
})

test.each([
  [{ token: 't' }, { kind: 'Token', token: 't' }],
  [
    { token: 't', tokenFile: '/t' },
    { kind: 'TokenFile', path: '/t' },
  ],
  [
    { username: 'u', password: 'p' },
    { kind: 'Basic', username: 'u', password: 'p' },
  ],
  [{}, { kind: 'None' }],
  [
    {
      token: 't',
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: './login',
        args: ['a'],
        env: [{ name: 'A', value: 'b' }],
      },
    },
    {
      kind: 'Exec',
      apiVersion: 'client.authentication.k8s.io/v1',
      command: '/home/me/.kube/login',
      args: ['a'],
      env: { A: 'b' },
      installHint: undefined,
      givesClusterInfo: false,
    },
  ],
])('the credential of %j', (user, credential) => {
  expect(parse(config({ user })).credential).toEqual(credential)
})

test('of several files the first that sets a name wins, and each may give a part', () => {
  const clusters = [{ name: 'c', cluster: { server: 'https://second' } }]
  const first = stringify({ 'current-context': 'x', contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }] })
  const second = stringify({ 'current-context': 'y', clusters, users: [{ name: 'u', user: { token: 'from-second' } }] })
  const third = stringify({ clusters: [{ name: 'c', cluster: { server: 'https://third' } }] })
  const access = parse(first, second, third)
  expect(access).toMatchObject({ server: 'https://second', credential: { token: 'from-second' } })
})

test('another context may be asked for', () => {
  const text = stringify({
    'current-context': 'x',
    contexts: [{ name: 'z', context: { cluster: 'c' } }],
    clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:8001/k8s/' } }],
  })
  const access = parseKubeconfig([{ path: '/k', text }], { context: 'z', resolvePath })
  expect(access).toMatchObject({ server: 'http://127.0.0.1:8001/k8s', credential: { kind: 'None' } })
})

test.each([
  ['no YAML, without the lines that it stands in', 'token: hunter2\n  bad: [', /^(?![^]*hunter2)/],
  ['an alias of nothing', 'a: *b', /^\/home\/me\/.kube\/config: is no YAML/],
  ['no YAML', 'a: [', /^\/home\/me\/.kube\/config: is no YAML/],
  ['an empty file', '', /current-context is not set, and no context was asked for/],
  ['a list', '[]', /must be a map/],
  [
    'a context that is not there',
    stringify({ 'current-context': 'x' }),
    /current-context names x, which is not in contexts \(empty\)/,
  ],
  [
    'a cluster that is not there',
    config({ context: { cluster: 'd' } }),
    /contexts\[x\].context.cluster names d, which is not in clusters \(c\)/,
  ],
  [
    'a user that is not there',
    config({ context: { user: 'v' } }),
    /contexts\[x\].context.user names v, which is not in users \(u\)/,
  ],
  ['no server', config({ cluster: { server: '' } }), /clusters\[0\].cluster.server is missing/],
  [
    'a server that is no URL',
    config({ cluster: { server: '10.0.0.1:6443' } }),
    /cluster.server must be a URL with http or https/,
  ],
  ['a proxy', config({ cluster: { 'proxy-url': 'http://p' } }), /cluster.proxy-url is not supported/],
  [
    'an authority that is no PEM',
    config({ cluster: { 'certificate-authority-data': 'abcd' } }),
    /certificate-authority-data must be PEM in base64/,
  ],
  [
    'no verification beside an authority',
    config({ cluster: { 'insecure-skip-tls-verify': true } }),
    /insecure-skip-tls-verify cannot be true/,
  ],
  [
    'a flag that is text',
    config({ cluster: { 'insecure-skip-tls-verify': 'yes' } }),
    /insecure-skip-tls-verify must be true or false/,
  ],
  [
    'half a client certificate',
    config({ user: { 'client-certificate': 'a' } }),
    /users\[0\].user.client-key is missing/,
  ],
  ['a token that is a number', config({ user: { token: 7 } }), /users\[0\].user.token must be text/],
  [
    'an auth provider',
    config({ user: { 'auth-provider': { name: 'gcp' } } }),
    /auth-provider is not supported: use exec/,
  ],
  ['an impersonation', config({ user: { as: 'root' } }), /user.as is not supported/],
  ['half a password', config({ user: { username: 'u' } }), /user.password is missing/],
  [
    'a plugin of an old version',
    config({ user: { exec: { apiVersion: 'x/v1alpha1' } } }),
    /exec.apiVersion must be one of client.authentication/,
  ],
  [
    'a plugin that wants to talk',
    config({
      user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'a', interactiveMode: 'Always' } },
    }),
    /exec.interactiveMode is Always.*must be Never or IfAvailable/,
  ],
])('%s is refused, and the field is named', (_name, text, message) => {
  expect(() => parse(text)).toThrow(message)
})

const resolvePath = (from: string, path: string): string => posix.resolve(posix.dirname(from), path)

const parse = (...texts: readonly string[]): ClusterAccess =>
  parseKubeconfig(
    texts.map((text) => ({ path: '/home/me/.kube/config', text })),
    { resolvePath },
  )

function config({
  cluster = {},
  user = {},
  context = {},
}: {
  cluster?: object
  user?: object
  context?: object
}): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'x',
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', ...context } }],
    clusters: [
      { name: 'c', cluster: { server: 'https://10.0.0.1:6443', 'certificate-authority-data': base64, ...cluster } },
    ],
    users: [{ name: 'u', user }],
  })
}
