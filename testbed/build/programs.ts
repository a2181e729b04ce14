import type { Tier } from '../layout.ts'

/** A program that is built from a Go module pinned in testbed/tools. */
export interface GoProgram {
  readonly name: string
  /** Folder below testbed/tools. One module per tool: the staging replaces of Kubernetes must not reach the others. */
  readonly module: string
  readonly package: string
  readonly ldflags: string
}

export const programsOf = (tier: Tier): readonly GoProgram[] => [
  ...programsOfApi,
  ...(tier === 'API' ? [] : programsOfA),
  ...(tier === 'B' ? programsOfB : []),
  ...(tier === 'C' ? programsOfC : []),
]

const strip = '-s -w '
const kubernetes = (name: string): GoProgram => ({
  name,
  module: 'k8s',
  package: `k8s.io/kubernetes/cmd/${name}`,
  // without these the programs call themselves v0.0.0, and refuse each other
  ldflags: strip + kubernetesVersion.map((pair) => `-X k8s.io/component-base/version.${pair}`).join(' '),
})

const kubernetesVersion = ['gitVersion=v1.36.4', 'gitMajor=1', 'gitMinor=36']

const programsOfApi: readonly GoProgram[] = [
  { name: 'etcd', module: 'etcd', package: 'go.etcd.io/etcd/server/v3', ldflags: strip },
  kubernetes('kube-apiserver'),
  kubernetes('kubectl'),
]

const containerd = (name: string): GoProgram => ({
  name,
  module: 'containerd',
  package: `github.com/containerd/containerd/v2/cmd/${name}`,
  ldflags: strip,
})

const npd = (name: string, command: string): GoProgram => ({
  name,
  module: 'npd',
  package: `k8s.io/node-problem-detector/cmd/${command}`,
  ldflags: strip,
})

const programsOfA: readonly GoProgram[] = [
  kubernetes('kube-controller-manager'),
  kubernetes('kube-scheduler'),
  { name: 'kwok', module: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok', ldflags: strip },
]

const programsOfB: readonly GoProgram[] = [
  { name: 'karpenter', module: 'karpenter', package: 'sigs.k8s.io/karpenter/kwok', ldflags: strip },
  containerd('containerd'),
  containerd('ctr'),
  npd('npd', 'nodeproblemdetector'),
  npd('health-checker', 'healthchecker'),
  { name: 'helm', module: 'helm', package: 'helm.sh/helm/v4/cmd/helm', ldflags: strip },
]

const programsOfC: readonly GoProgram[] = [
  kubernetes('kubelet'),
  containerd('containerd'),
  containerd('containerd-shim-runc-v2'),
  containerd('ctr'),
  npd('npd', 'nodeproblemdetector'),
  npd('health-checker', 'healthchecker'),
]
