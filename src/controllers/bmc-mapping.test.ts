import { describe, expect, test } from 'vitest'
import { parseBmcMapping } from './bmc-mapping.ts'

const account = { address: '10.1.3.17', username: 'prunella', password: 'hunter2' }
const pin = 'AB'.repeat(32)
const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'

const accessIn = (entries: Readonly<Record<string, string>>) => {
  const answer = parseBmcMapping(entries)
  if (!answer.ok) throw new Error(answer.issues.map(({ message }) => message).join('; '))
  return answer.value.access
}

const problemsIn = (entries: Readonly<Record<string, string>>): readonly string[] => {
  const answer = parseBmcMapping(entries)
  return answer.ok ? [] : answer.issues.map(({ message }) => message)
}

describe('a Secret', () => {
  test('without a protocol speaks IPMI, as it always has', () => {
    expect(accessIn({ ...account, systemUUID: 'UUID-1' })).toEqual({
      protocol: 'ipmi',
      ...account,
      port: 623,
      cipherSuite: 17,
      systemUUID: 'uuid-1',
    })
  })

  test('may choose Redfish, with the certificate that is trusted', () => {
    const colons = pin.match(/../g)?.join(':') ?? ''
    expect(
      accessIn({ ...account, protocol: 'redfish', certificateSHA256: colons, system: 'System.Embedded.1' }),
    ).toEqual({
      protocol: 'redfish',
      ...account,
      port: 443,
      system: 'System.Embedded.1',
      trust: { certificateSHA256: pin.toLowerCase() },
    })
    expect(accessIn({ ...account, protocol: 'redfish', 'ca.crt': certificate })).toMatchObject({
      trust: { authorities: certificate },
    })
  })

  test.each([
    [{ protocol: 'https' }, "`protocol` must be 'ipmi' or 'redfish'"],
    [{ address: 'https://10.1.3.17' }, '`address` must be a host name or an IP address'],
    [{ address: '-h' }, '`address` must be a host name'],
    [{ port: '0' }, '`port` must be a number from 1 to 65535'],
    [{ password: '' }, '`username` and `password` must not be empty'],
    [{ cipherSuite: '0' }, '`cipherSuite` must be 17, or 3'],
    [{ certificateSHA256: pin }, '`certificateSHA256` belongs to `protocol: redfish`'],
    [{ protocol: 'redfish' }, '`certificateSHA256` (64 hexadecimal digits) or `ca.crt` (certificates in PEM)'],
    [{ protocol: 'redfish', certificateSHA256: 'AB' }, 'must be the SHA-256 of its certificate'],
    [{ protocol: 'redfish', 'ca.crt': 'hunter2' }, '`ca.crt` must be certificates in PEM'],
    [{ protocol: 'redfish', certificateSHA256: pin, system: '../Managers' }, '`system` must be the last part'],
    [{ protocol: 'redfish', certificateSHA256: pin, cipherSuite: '17' }, '`cipherSuite` belongs to `protocol: ipmi`'],
  ])('with %j is refused in the words of its fields', (unusual, words) => {
    const problems = problemsIn({ ...account, ...unusual })
    expect(problems).toEqual([expect.stringContaining(words)])
    expect(problems.join(' ')).not.toContain('hunter2')
  })

  test('is told everything that is wrong with it at once', () => {
    expect(problemsIn({ protocol: 'redfish' })).toHaveLength(3)
  })
})

describe('the fingerprint', () => {
  const fingerprintOf = (unusual: Readonly<Record<string, string>>): string => {
    const answer = parseBmcMapping({ ...account, protocol: 'redfish', certificateSHA256: pin, ...unusual })
    return answer.ok ? answer.value.fingerprint : ''
  }
  const usual = fingerprintOf({})

  test.each([{ address: '10.1.3.18' }, { port: '8443' }, { system: 'Blade7' }, { systemUUID: 'UUID-2' }])(
    'is another one with %j: it may be another machine',
    (unusual) => {
      expect(fingerprintOf(unusual)).not.toBe(usual)
    },
  )

  test.each([{ password: 'new' }, { username: 'root' }, { certificateSHA256: 'CD'.repeat(32) }])(
    'stays with %j: it is the same machine',
    (unusual) => {
      expect(fingerprintOf(unusual)).toBe(usual)
    },
  )

  test('of the same address by another protocol is another one', () => {
    const ipmi = parseBmcMapping({ ...account, port: '443' })
    expect(ipmi.ok && ipmi.value.fingerprint).not.toBe(usual)
  })
})
