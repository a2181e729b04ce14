import { systemClock } from '../../../src/adapters/system/clock.ts'
import { createLog } from '../../../src/adapters/system/log.ts'
import { UndiciTransport } from '../../../src/adapters/transport/undici-transport.ts'
import { podKind } from '../../../src/api/core/pod.ts'
import { Prng } from '../../../src/kernel/prng.ts'
import { Informer } from '../../../src/runtime/informer.ts'
import { measureChild } from './measure.ts'

const transport = new UndiciTransport({
  access: {
    server: process.argv[2] ?? '',
    tls: { authority: undefined, client: undefined, serverName: undefined, verifies: true },
    credential: { kind: 'None' },
    namespace: 'default',
  },
  clock: systemClock,
  version: 'bench',
})
const ports = { clock: systemClock, prng: new Prng(1), log: createLog({ level: 'warn' }), transport }
const informer = new Informer(ports, { kind: podKind, indexes: { node: ({ nodeName }) => [nodeName] } })

await measureChild(async () => {
  const { signal } = new AbortController()
  void informer.run(signal)
  await informer.whenSynced(signal)
  return informer.list().length
})
