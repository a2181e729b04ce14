/** Where things lie on every machine, as on any other node of the world. */
export const places = {
  containerdConfig: '/etc/containerd/config.toml',
  /** What every container has besides what is asked for it. */
  containerSpec: '/etc/containerd/container-spec.json',
  containerdSocket: '/run/containerd/containerd.sock',
  networkConfigs: '/etc/cni/net.d',
  /** In memory: addresses that were given to pods before the power went are free again. */
  networkState: '/run/cni',
  networkPrograms: '/usr/lib/cni',
  kubeletConfig: '/etc/kubernetes/kubelet.json',
  kubeconfig: '/etc/kubernetes/node.kubeconfig',
  authority: '/etc/kubernetes/ca.crt',
  /** The shipped checks, and the configurations that ask them. */
  detectorPack: '/etc/npd',
  detectorConfig: '/etc/npd/kernel.json',
  spaceConfig: '/etc/npd/filesystem-space.json',
  kernelLog: '/var/log/kern.log',
  images: '/etc/images.tar',
} as const
