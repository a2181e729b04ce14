import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout, Tier } from '../layout.ts'
import { flagsOf } from '../process/flags.ts'
import type { Service } from '../process/service.ts'
import { serviceNetwork } from '../real-machines/addresses.ts'
import { auditPolicy } from './audit-policy.ts'
import { kubeconfigPath, type Tokens, tokensPath } from './identities.ts'
import { serverOf } from './kubeconfig.ts'
import { answersOk } from './look.ts'

export function etcd({ bin, run, ports }: Layout): Service {
  const client = `http://127.0.0.1:${ports.etcd}`
  const peer = `http://127.0.0.1:${ports.etcdPeer}`
  return {
    name: 'etcd',
    program: join(bin, 'etcd'),
    args: flagsOf({
      name: 'testbed',
      'data-dir': join(run, 'etcd'),
      'unsafe-no-fsync': true,
      'listen-client-urls': client,
      'advertise-client-urls': client,
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': `testbed=${peer}`,
    }),
    ready: () => answersOk({ url: `${client}/health` }),
  }
}

export function apiserver(layout: Layout, tier: Tier, tokens: Tokens): Service {
  const { bin, run, pki, ports, host } = layout
  const auditPolicyPath = join(run, 'audit-policy.json')
  writeFileSync(auditPolicyPath, JSON.stringify(auditPolicy))
  return {
    name: 'kube-apiserver',
    program: join(bin, 'kube-apiserver'),
    args: flagsOf({
      'etcd-servers': `http://127.0.0.1:${ports.etcd}`,
      'bind-address': host,
      'advertise-address': host,
      'secure-port': ports.apiserver,
      'service-cluster-ip-range': serviceNetwork,
      'allow-privileged': true,
      'tls-cert-file': join(pki, 'apiserver.crt'),
      'tls-private-key-file': join(pki, 'apiserver.key'),
      'client-ca-file': join(pki, 'ca.crt'),
      'token-auth-file': tokensPath(layout),
      'service-account-issuer': 'https://kubernetes.default.svc',
      'service-account-key-file': join(pki, 'sa.pub'),
      'service-account-signing-key-file': join(pki, 'sa.key'),
      ...(tier === 'C' ? kubeletAccess(layout) : {}),
      'authorization-mode': 'Node,RBAC',
      'enable-admission-plugins': 'NodeRestriction',
      // without a controller manager nobody makes the default service accounts, and no pod could be created
      'disable-admission-plugins': tier === 'API' ? 'ServiceAccount' : '',
      'audit-policy-file': auditPolicyPath,
      'audit-log-path': layout.auditLog,
      // megabytes: never rotated, because a story is judged by all of it
      'audit-log-maxsize': 20_000,
    }),
    ready: () =>
      answersOk({ url: `${serverOf(layout)}/readyz`, authorityFile: join(pki, 'ca.crt'), token: tokens.admin }),
  }
}

/** For the logs of pods that really run. */
const kubeletAccess = ({ pki }: Layout): Readonly<Record<string, string>> => ({
  'kubelet-client-certificate': join(pki, 'kubelet-client.crt'),
  'kubelet-client-key': join(pki, 'kubelet-client.key'),
  'kubelet-preferred-address-types': 'InternalIP',
})

export function controllerManager(layout: Layout): Service {
  return component(layout, 'controller-manager', {
    'secure-port': layout.ports.controllerManager,
    'service-account-private-key-file': join(layout.pki, 'sa.key'),
    'root-ca-file': join(layout.pki, 'ca.crt'),
    'use-service-account-credentials': true,
    controllers: '*,-certificatesigningrequest-signing-controller',
    'kube-api-qps': 200,
    'kube-api-burst': 400,
    // soon after its last heartbeat, because stories wait for it; not so soon that a busy machine makes nodes flap
    'node-monitor-grace-period': '20s',
    'node-monitor-period': '1s',
  })
}

export const scheduler = (layout: Layout): Service =>
  component(layout, 'scheduler', { 'secure-port': layout.ports.scheduler })

function component(
  layout: Layout,
  name: 'controller-manager' | 'scheduler',
  flags: { readonly 'secure-port': number } & Readonly<Record<string, string | number | boolean>>,
): Service {
  const kubeconfig = kubeconfigPath(layout, name)
  return {
    name: `kube-${name}`,
    program: join(layout.bin, `kube-${name}`),
    args: flagsOf({
      kubeconfig,
      'authentication-kubeconfig': kubeconfig,
      'authorization-kubeconfig': kubeconfig,
      'bind-address': '127.0.0.1',
      'cert-dir': join(layout.run, `${name}-certs`),
      'leader-elect': false,
      ...flags,
    }),
    ready: () => answersOk({ url: `https://127.0.0.1:${flags['secure-port']}/healthz` }),
  }
}
