import type { Effects } from './fenced.ts'

/** Effects that go nowhere; their names are kept in the order in which they were sent. */
export function recordingEffects(): { readonly sent: string[]; readonly effects: Effects } {
  const sent: string[] = []
  return {
    sent,
    effects: {
      cluster: {
        create: async (kind, object) => (sent.push('create'), kind.project(object)),
        patch: async (kind) => (sent.push('patch'), kind.project({})),
        remove: async () => void sent.push('remove'),
        evict: async () => (sent.push('evict'), { kind: 'Accepted' }),
      },
      power: {
        read: async () => ({ power: 'On', systemUUID: '' }),
        turnOff: async () => void sent.push('turnOff'),
        turnOn: async () => void sent.push('turnOn'),
      },
    },
  }
}
