import type { Signal } from '../../api/v1alpha1/signal.ts'

/**
 * Conditions that their writer never takes back while it runs: permanent rules of Node Problem Detector, and the fatal states of
 * the EKS node monitoring agent, whose polarity is the reverse. Only a boot, or an independent check, shows that they are over.
 */
const latched: ReadonlyMap<string, 'True' | 'False'> = new Map([
  ['KernelDeadlock', 'True'],
  ['KernelLockup', 'True'],
  ['ReadonlyFilesystem', 'True'],
  ['XfsShutdown', 'True'],
  ['CperHardwareErrorFatal', 'True'],
  ['MachineCheck', 'True'],
  ['GPUFault', 'True'],
  ['GPULost', 'True'],
  ['GPUNeedsAttention', 'True'],
  ['CorruptDockerOverlay2', 'True'],
  ['DiskBadBlock', 'True'],
  ['MemoryLeak', 'True'],
  ['KernelReady', 'False'],
  ['ContainerRuntimeReady', 'False'],
  ['NetworkingReady', 'False'],
  ['AcceleratedHardwareReady', 'False'],
  ['StorageReady', 'False'],
])

export const isLatched = ({ nodeCondition }: Pick<Signal, 'nodeCondition'>): boolean =>
  nodeCondition !== undefined && latched.get(nodeCondition.type) === nodeCondition.status
