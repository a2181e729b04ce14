import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { kubeconfigText } from './kubeconfig.ts'

test('kubectl finds server, authority and token through the current context', () => {
  const text = kubeconfigText({ server: 'https://127.0.0.1:1', name: 'demo', certificateAuthority: 'PEM', token: 't' })
  expect(parse(text)).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'demo',
    clusters: [{ name: 'demo', cluster: { server: 'https://127.0.0.1:1', 'certificate-authority-data': 'UEVN' } }],
    contexts: [{ name: 'demo', context: { cluster: 'demo', user: 'demo' } }],
    users: [{ name: 'demo', user: { token: 't' } }],
  })
})

test('plain HTTP needs neither', () => {
  const text = kubeconfigText({ server: 'http://127.0.0.1:1', name: 'demo' })
  expect(parse(text)).toMatchObject({
    users: [{ user: {} }],
    clusters: [{ cluster: { server: 'http://127.0.0.1:1' } }],
  })
})
