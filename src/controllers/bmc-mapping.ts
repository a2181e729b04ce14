import { type Issue, type Parsed, parsed, rejected } from '../kernel/parsed.ts'
import { sha256 } from '../kernel/sha256.ts'
import type { BmcAccess, RedfishTrust } from '../ports/power.ts'

export interface BmcMapping {
  readonly access: BmcAccess
  /** Tells this mapping from another without telling the password. */
  readonly fingerprint: string
}

type Entries = Readonly<Record<string, string>>
type Protocol = BmcAccess['protocol']

/** What a Secret says about the BMC of one node. Issues name its fields and what they may be, never what they are. */
export function parseBmcMapping(entries: Entries): Parsed<BmcMapping> {
  const protocol = entries['protocol'] ?? 'ipmi'
  if (protocol !== 'ipmi' && protocol !== 'redfish') return rejected(issue('protocol', "must be 'ipmi' or 'redfish'"))
  const issues = [
    ...problemsOf(entries, portOf(entries, protocol)),
    ...(protocol === 'ipmi' ? ipmiProblems(entries) : redfishProblems(entries)),
  ]
  if (issues.length > 0) return rejected(...issues)
  const access = protocol === 'ipmi' ? ipmiAccess(entries) : redfishAccess(entries)
  return parsed({ access, fingerprint: fingerprintOf(access) })
}

const issue = (field: string, message: string): Issue => ({ path: field, message: `\`${field}\` ${message}` })

const portDefaults: Readonly<Record<Protocol, number>> = { ipmi: 623, redfish: 443 }
const cipherSuiteDefault = 17

const portOf = ({ port }: Entries, protocol: Protocol): number => Number(port ?? portDefaults[protocol])
const cipherSuiteOf = ({ cipherSuite }: Entries): number => Number(cipherSuite ?? cipherSuiteDefault)

function problemsOf({ address = '', username = '', password = '' }: Entries, port: number): readonly Issue[] {
  const isAddress = /^[A-Za-z0-9.:-]{1,253}$/.test(address) && !address.startsWith('-')
  return [
    ...(isAddress ? [] : [issue('address', 'must be a host name or an IP address, without scheme, port and path')]),
    ...(Number.isInteger(port) && port >= 1 && port <= 65_535
      ? []
      : [issue('port', 'must be a number from 1 to 65535')]),
    ...(username === '' || password === ''
      ? [{ path: 'password', message: '`username` and `password` must not be empty' }]
      : []),
  ]
}

/** A field that nobody reads is a mistake about the protocol, and not always a harmless one. */
const ofTheOther = (entries: Entries, fields: readonly string[], protocol: Protocol): readonly Issue[] =>
  fields
    .filter((field) => Object.hasOwn(entries, field))
    .map((field) => issue(field, `belongs to \`protocol: ${protocol}\``))

function ipmiProblems(entries: Entries): readonly Issue[] {
  return [
    ...([3, 17].includes(cipherSuiteOf(entries)) ? [] : [issue('cipherSuite', 'must be 17, or 3 for older BMCs')]),
    ...ofTheOther(entries, ['system', 'certificateSHA256', 'ca.crt'], 'redfish'),
  ]
}

const pem = /-----BEGIN CERTIFICATE-----[A-Za-z\d+/=\s]+-----END CERTIFICATE-----/
const pemLengthMax = 65_536

function redfishProblems(entries: Entries): readonly Issue[] {
  const { system, certificateSHA256, 'ca.crt': authorities } = entries
  const isPem = authorities === undefined || (authorities.length <= pemLengthMax && pem.test(authorities))
  return [
    ...(certificateSHA256 === undefined && authorities === undefined ? [untrusted] : []),
    ...(certificateSHA256 === undefined || /^[\da-f]{64}$/.test(bareHex(certificateSHA256))
      ? []
      : [issue('certificateSHA256', 'must be the SHA-256 of its certificate: 64 hexadecimal digits')]),
    ...(isPem ? [] : [issue('ca.crt', 'must be certificates in PEM')]),
    ...(system === undefined || /^[\w.:~@=+-]{1,128}$/.test(system)
      ? []
      : [issue('system', 'must be the last part of the path of its system, as in `System.Embedded.1`')]),
    ...ofTheOther(entries, ['cipherSuite'], 'ipmi'),
  ]
}

const untrusted: Issue = {
  path: 'certificateSHA256',
  message:
    '`certificateSHA256` (64 hexadecimal digits) or `ca.crt` (certificates in PEM) must say whom to trust; ' +
    'TLS without it is not offered',
}

/** As openssl prints it, with colons, or without. */
const bareHex = (text: string): string => text.trim().replaceAll(':', '').toLowerCase()

function ipmiAccess(entries: Entries): BmcAccess {
  return { protocol: 'ipmi', ...accountOf(entries, 'ipmi'), cipherSuite: cipherSuiteOf(entries) }
}

function redfishAccess(entries: Entries): BmcAccess {
  const { system, certificateSHA256, 'ca.crt': authorities } = entries
  const trust: RedfishTrust = {
    ...(certificateSHA256 === undefined ? {} : { certificateSHA256: bareHex(certificateSHA256) }),
    ...(authorities === undefined ? {} : { authorities }),
  }
  return {
    protocol: 'redfish',
    ...accountOf(entries, 'redfish'),
    trust,
    ...(system === undefined ? {} : { system }),
  }
}

function accountOf(entries: Entries, protocol: Protocol): Omit<BmcAccess, 'protocol'> {
  const { address = '', username = '', password = '', systemUUID = '' } = entries
  const account = { address, port: portOf(entries, protocol), username, password }
  return systemUUID === '' ? account : { ...account, systemUUID: systemUUID.toLowerCase() }
}

/** User, password and certificates are not in it: rotating them changes nothing about whose power it is. */
function fingerprintOf(access: BmcAccess): string {
  const { protocol, address, port, systemUUID = '' } = access
  const place = [protocol, address, port, systemUUID]
  return sha256((protocol === 'redfish' ? [...place, access.system ?? ''] : place).join('|')).slice(0, 16)
}
