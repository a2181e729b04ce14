import { expect, test } from 'vitest'
import { systemUUIDOf } from './system-uuid.ts'

const uuid = '33221100-5544-4706-8899-aabbccddeeff'

test.each([
  ['as SMBIOS stores it', '00112233445506478899AABBCCDDEEFF'],
  ['as it is written', '33221100554447068899aabbccddeeff'],
  ['wholly reversed', 'ffeeddccbbaa99880647445500112233'],
  ['with dashes', '33221100-5544-4706-8899-aabbccddeeff'],
])('%s it is the same', (_, hex) => {
  expect(systemUUIDOf(hex, 'Bytes')).toBe(uuid)
})

test('without a version that tells, bytes are taken as SMBIOS stores them, and a text as it stands', () => {
  const hex = '00112233445566778899aabbccddeeff'
  expect(systemUUIDOf(hex, 'Bytes')).toBe('33221100-5544-7766-8899-aabbccddeeff')
  expect(systemUUIDOf(hex, 'Text')).toBe('00112233-4455-6677-8899-aabbccddeeff')
})

test('what is expected decides between the orders, and makes nothing else of the bytes', () => {
  const bytes = '00112233445566778899aabbccddeeff'
  expect(systemUUIDOf(bytes, 'Bytes', '00112233-4455-6677-8899-AABBCCDDEEFF')).toBe(
    '00112233-4455-6677-8899-aabbccddeeff',
  )
  expect(systemUUIDOf(bytes, 'Bytes', 'ffeeddcc-bbaa-9988-7766-554433221100')).toBe(
    'ffeeddcc-bbaa-9988-7766-554433221100',
  )
  expect(systemUUIDOf(bytes, 'Bytes', uuid)).toBe('33221100-5544-7766-8899-aabbccddeeff')
})

/** Two releases of the firmware of one board, and of one of its machines each. */
test.each([
  ['turned to be read', 'BDC26000-8930-11EB-8000-7CC255106B08', 'bdc26000-8930-11eb-8000-7cc255106b08'],
  ['the bytes of SMBIOS unturned', '005CB4E7-0989-EB11-8000-7CC255106AFE', 'e7b45c00-8909-11eb-8000-7cc255106afe'],
])('a text may have been %s', (_, said, meant) => {
  expect(systemUUIDOf(said, 'Text')).toBe(meant)
  expect(systemUUIDOf(said, 'Text', meant.toUpperCase())).toBe(meant)
})

test('nobody sends a text wholly reversed, so that is another machine', () => {
  const reversed = 'ffeeddcc-bbaa-9988-0647-445500112233'
  expect(systemUUIDOf(reversed, 'Text', uuid)).not.toBe(uuid)
})

test.each(['', '0011', '00000000000000000000000000000000', 'ffffffffffffffffffffffffffffffff'])(
  '%j identifies nobody',
  (hex) => {
    expect(systemUUIDOf(hex, 'Bytes')).toBeUndefined()
    expect(systemUUIDOf(hex, 'Text')).toBeUndefined()
  },
)
