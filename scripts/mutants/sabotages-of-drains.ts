import type { Sabotage } from './sabotage.ts'

const drain = (file: string): string => `src/domain/drain/${file}`
const remediation = (file: string): string => `src/domain/remediation/${file}`

/** Which pods leave, in what order, and what is said of those that do not. */
export const sabotagesOfDrains: readonly Sabotage[] = [
  {
    name: 'a pod that nobody would bring back is evicted',
    invariant: 'I14',
    file: drain('pod-class.ts'),
    cut: 'if (controllerOf(pod) === undefined)\n',
    paste: 'if (pod === undefined)\n',
  },
  {
    name: 'what its owner forbids is done all the same',
    invariant: 'I14',
    file: drain('pod-class.ts'),
    cut: "rules.doNotDisrupt === 'Honor' ? ownersVeto(pod)",
    paste: "rules.doNotDisrupt === 'Ignore' ? ownersVeto(pod)",
  },
  {
    name: 'data on the node goes, and nobody was asked',
    invariant: 'I14',
    file: drain('pod-class.ts'),
    cut: "rules.localVolumes === 'Evict' || !keepsData(pod)",
    paste: "rules.localVolumes !== 'Evict' || !keepsData(pod)",
  },
  {
    name: 'a node that pods were left on is called drained',
    invariant: 'I14',
    file: remediation('conditions.ts'),
    cut: 'if (drain.gone < drain.total) {',
    paste: 'if (drain.gone < 0) {',
  },
  {
    name: 'a budget that has just said no is asked about the next pod',
    invariant: 'I21',
    file: drain('wave.ts'),
    cut: ' || refusing.has(group)',
    paste: '',
  },
  {
    name: 'a leader is moved before its followers',
    invariant: 'I14',
    file: drain('wave.ts'),
    cut: '!leads(pod) || !followed.has(ownerOf(pod))',
    paste: 'leads(pod) || !followed.has(ownerOf(pod))',
  },
]
