import { expect, test } from 'vitest'
import { textAt } from '../../src/kernel/json.ts'
import { systemUuidOf } from '../kwok/nodes.ts'
import { layoutOf } from '../layout.ts'
import { bmcSecret, lanConfig, smbiosBytes } from './bmc.ts'
import { hardwareOf } from './hardware.ts'

const [hardware] = hardwareOf(layoutOf({}, { run: '/run/bed' }))
if (hardware === undefined) throw new Error('the rack is empty')

test('a UUID goes over the wire as firmware sends it', () => {
  expect(smbiosBytes('00112233-4455-6677-8899-aabbccddeeff')).toBe('33221100554477668899aabbccddeeff')
})

test('the BMC identifies itself as the machine of its node, and owns its power', () => {
  const config = lanConfig(hardware, '/bin/power machine-1 /run/bed')
  expect(config).toContain(`guid ${smbiosBytes(systemUuidOf('machine-1'))}\n`)
  expect(config).toContain(`addr 127.0.0.1 ${hardware.bmcPort}\n`)
  expect(config).toContain('startcmd "/bin/power machine-1 /run/bed"\n')
})

test('the secret of the operator leads to the same machine', () => {
  const secret = bmcSecret(hardware)
  expect(secret).toMatchObject({
    metadata: { name: 'bmc-machine-1', namespace: 'prunella-system' },
    stringData: { protocol: 'ipmi', address: '127.0.0.1', cipherSuite: '3', username: 'admin' },
  })
  expect(textAt(secret, 'stringData', 'systemUUID')).toBe(systemUuidOf('machine-1'))
  expect(textAt(secret, 'stringData', 'port')).toBe(String(hardware.bmcPort))
})
