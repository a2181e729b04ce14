/** Services that a rung may restart on any node. The operator's configuration may name more. */
const nodeServicesDefault: readonly string[] = [
  'kubelet',
  'containerd',
  'crio',
  'docker',
  'cri-docker',
  'node-problem-detector',
  'systemd-journald',
  'systemd-timesyncd',
  'chronyd',
  'chrony',
  'ntpd',
  'ntp',
]

/** A service of the operator's configuration. */
export interface NodeService {
  readonly name: string
  /** How it is restarted on a node without systemd: a program and its arguments, and no shell. */
  readonly command?: readonly string[] | undefined
}

/** A name of a unit, and nothing that a program could take for an option. */
export const nodeServiceName = /^[A-Za-z0-9][A-Za-z0-9@._-]*$/

export const allowedServices = (configured: readonly NodeService[] = []): readonly string[] => [
  ...new Set([...nodeServicesDefault, ...configured.map(({ name }) => name)]),
]
