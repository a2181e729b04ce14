import type { JsonObject } from '../../src/kernel/json.ts'
import type { Layout } from '../layout.ts'
import { machineAddress } from './addresses.ts'
import { groupOf } from './control-groups.ts'
import { pauseImage } from './image.ts'
import { places } from './places.ts'

const bootIdFile = 'proc/sys/kernel/random/boot_id'
const bindBootId = `bundle=$(sed -n 's/.*"bundle":"\\([^"]*\\)".*/\\1/p'); mount --bind /${bootIdFile} "$bundle/rootfs/${bootIdFile}"`

/** JSON is YAML, and the kubelet reads it. */
export const kubeletConfig = (layout: Layout, name: string): JsonObject => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  failCgroupV1: false,
  cgroupDriver: 'cgroupfs',
  cgroupRoot: `/${groupOf(layout, name)}`,
  enforceNodeAllocatable: [],
  containerRuntimeEndpoint: `unix://${places.containerdSocket}`,
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: places.authority },
  },
  authorization: { mode: 'Webhook' },
  failSwapOn: false,
  makeIPTablesUtilChains: false,
  // soon, because stories wait for it
  nodeStatusUpdateFrequency: '2s',
  runtimeRequestTimeout: '5s',
  nodeLeaseDurationSeconds: 16,
  // the disk is for stories to fill, and for the operator to free: the kubelet stays out of it as long as it can
  evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '3%', 'imagefs.available': '3%' },
  imageGCHighThresholdPercent: 100,
})

/** Pods of a machine hang on its own bridge; to those of others its routes lead. */
export const networkConfig = (layout: Layout, index: number): JsonObject => ({
  cniVersion: '1.0.0',
  name: 'testbed',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      hairpinMode: true,
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet: machineAddress(layout, index).podNetwork }]],
        routes: [{ dst: '0.0.0.0/0' }],
        dataDir: places.networkState,
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
})

/** TOML, which has no writer in Node. */
export const containerdConfig = `version = 3
[plugins.'io.containerd.cri.v1.images']
  snapshotter = 'overlayfs'
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = '${pauseImage}'
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ['${places.networkPrograms}']
    conf_dir = '${places.networkConfigs}'
  [plugins.'io.containerd.cri.v1.runtime'.containerd]
    default_runtime_name = 'runc'
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
      runtime_type = 'io.containerd.runc.v2'
      base_runtime_spec = '${places.containerSpec}'
      [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
        SystemdCgroup = false
        BinaryName = '/usr/sbin/runc'
`

/**
 * The boot ID comes from the kernel, and that is the host's: in the new /proc of a container it is the wrong one. A hook,
 * because runc lets nothing be mounted there otherwise. It gets the state of the container, and runs before its root is closed.
 */
export const bootIdHook: JsonObject = {
  hooks: {
    createContainer: [{ path: '/bin/sh', args: ['sh', '-c', bindBootId], env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'] }],
  },
}

/** Where the firmware names no system UUID the kubelet takes the machine ID for it, and BMCs write it with its dashes. */
export const osFiles = (machine: {
  readonly name: string
  readonly machineID: string
}): Readonly<Record<string, string>> => ({
  'machine-id': `${machine.machineID}\n`,
  hostname: `${machine.name}\n`,
  hosts: `127.0.0.1 localhost\n`,
  passwd: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  group: 'root:x:0:\nnogroup:x:65534:\n',
  'resolv.conf': '# there is no name server on this network\n',
  'os-release': 'NAME="Prunella test bed"\nID=testbed\nPRETTY_NAME="Prunella test bed"\n',
})
