import { expect, test } from 'vitest'
import { systemUUIDOf } from './system-uuid.ts'

const uuid = '33221100-5544-4706-8899-aabbccddeeff'

test.each([
  ['as SMBIOS stores it', '00112233445506478899AABBCCDDEEFF'],
  ['as it is written', '33221100554447068899aabbccddeeff'],
  ['wholly reversed', 'ffeeddccbbaa99880647445500112233'],
  ['with dashes', '33221100-5544-4706-8899-aabbccddeeff'],
])('%s it is the same', (_, hex) => {
  expect(systemUUIDOf(hex)).toBe(uuid)
})

test('without a version that tells, it is taken as SMBIOS stores it', () => {
  expect(systemUUIDOf('00112233445566778899aabbccddeeff')).toBe('33221100-5544-7766-8899-aabbccddeeff')
})

test('what is expected decides between the orders, and makes nothing else of the bytes', () => {
  const bytes = '00112233445566778899aabbccddeeff'
  expect(systemUUIDOf(bytes, '00112233-4455-6677-8899-AABBCCDDEEFF')).toBe('00112233-4455-6677-8899-aabbccddeeff')
  expect(systemUUIDOf(bytes, 'ffeeddcc-bbaa-9988-7766-554433221100')).toBe('ffeeddcc-bbaa-9988-7766-554433221100')
  expect(systemUUIDOf(bytes, uuid)).toBe('33221100-5544-7766-8899-aabbccddeeff')
})

test.each(['', '0011', '00000000000000000000000000000000', 'ffffffffffffffffffffffffffffffff'])(
  '%j identifies nobody',
  (hex) => {
    expect(systemUUIDOf(hex)).toBeUndefined()
  },
)
