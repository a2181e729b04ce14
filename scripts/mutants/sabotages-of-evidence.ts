import type { Sabotage } from './sabotage.ts'

const detect = (file: string): string => `src/domain/detect/${file}`

/** What the sources of signals say of a node, and since when it is so. */
export const sabotagesOfEvidence: readonly Sabotage[] = [
  {
    name: 'M8 empty-answer-is-false',
    invariant: 'I7',
    file: detect('sources/alert.ts'),
    cut: 'if (said.silence !== undefined) return',
    paste: 'if (said.silence !== undefined && said.answers.length > 8) return',
  },
  {
    name: 'an old answer of Alertmanager is as good as a new one',
    invariant: 'I7',
    file: detect('sources/alert-source.ts'),
    cut: 'answered !== undefined && mono - answered.atMono > seconds(freshnessSeconds)',
    paste: 'answered !== undefined && answered.atMono - mono > seconds(freshnessSeconds)',
  },
  {
    name: 'an Alertmanager that has just started knows of all that fires',
    invariant: 'I7',
    file: detect('sources/alert-source.ts'),
    cut: 'return answered.doubt === undefined ? undefined',
    paste: 'return voice.answered !== undefined ? undefined',
  },
  {
    name: 'a rule that nobody can read looks back at nothing',
    invariant: 'I10',
    file: detect('sources/alert-rule.ts'),
    cut: "if (!read.ok) return 'cannot be read, so nobody knows how far it looks back'",
    paste: 'if (!read.ok) return undefined',
  },
  {
    name: 'an old answer of Prometheus is as good as a new one',
    invariant: 'I7',
    file: detect('sources/query.ts'),
    cut: 'at - answer.atMono > freshnessMs(signal)',
    paste: 'at - answer.atMono > 1_000 * freshnessMs(signal)',
  },
  {
    name: 'what one Prometheus leaves out is health where another is silent',
    invariant: 'I7',
    file: detect('sources/query.ts'),
    cut: 'if (silent !== undefined) return silenceOf',
    paste: 'if (silent !== undefined && answers.length === 0) return silenceOf',
  },
  {
    name: 'a rate is believed before its window has passed',
    invariant: 'I10',
    file: detect('sources/query.ts'),
    cut: 'if (at > due) return',
    paste: 'if (at > Math.min(due, seen.treatedAt)) return',
  },
  {
    name: 'a condition whose writer is silent stands',
    invariant: 'I7',
    file: detect('sources/node-condition.ts'),
    cut: 'if (silent === undefined || silent <= seconds(limit)) return claim',
    paste: 'if (silent !== -1) return claim',
  },
  {
    name: 'M10 dwell-from-node-clock',
    invariant: 'I8',
    file: detect('hold.ts'),
    cut: 'return { state, since: now, armedAt: mono, armedTime: now, saidSince, turns: 0 }',
    paste:
      'return { state, since: now, armedAt: (mono - now + (parseTime(saidSince) ?? now)) as typeof mono, ' +
      'armedTime: now, saidSince, turns: 0 }',
  },
  {
    name: 'a signal that came anew while nobody looked keeps its hold',
    invariant: 'I8',
    file: detect('hold.ts'),
    cut: 'if (previous.saidSince === saidSince) return previous',
    paste: 'if (previous.turns >= 0) return previous',
  },
  {
    name: `a jump of the clock re-arms nothing`,
    invariant: 'I20',
    file: detect('signal-memory.ts'),
    cut: `if (disturbance === undefined || disturbance.at === memory.disturbance?.at) return memory`,
    paste: `if (disturbance !== null) return memory`,
  },
]
