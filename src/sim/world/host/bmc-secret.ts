import { bmcSecretName } from '../../../api/annotations.ts'
import type { JsonObject } from '../../../kernel/json.ts'
import type { Bmc } from './bmc.ts'

/** The Secret by which the operator knows how the BMC of a node is reached. */
export const bmcSecret = (namespace: string, { machine, options }: Bmc): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace, name: bmcSecretName(machine.name) },
  type: 'Opaque',
  data: base64Of({
    protocol: 'ipmi',
    address: options.address,
    port: `${options.port}`,
    username: options.username,
    password: options.password,
    cipherSuite: '17',
    systemUUID: machine.systemUUID,
  }),
})

const base64Of = (entries: Readonly<Record<string, string>>): JsonObject =>
  Object.fromEntries(Object.entries(entries).map(([key, text]) => [key, btoa(text)]))
