/** How an identity travels: 16 bytes, whose order the sender chose, or a text that is meant as it stands. */
type SystemUUIDForm = 'Bytes' | 'Text'

/**
 * The system UUID in the order in which the node tells it (`dmidecode`, `nodeInfo.systemUUID`): lower case, with dashes. Over IPMI a
 * BMC sends 16 bytes and not their order. Most firmware sends them as SMBIOS stores them, the first three fields low byte first; some
 * sends them as they are written, some, as the IPMI specification says, wholly reversed. Over Redfish it is a text, and some firmware
 * has put the bytes of SMBIOS into it unturned. `expected` decides where one of these is it: the same 16 bytes in another order are
 * as good a proof. Else the version and variant that RFC 4122 keeps in fixed places tell, and where they do not, the first order of
 * its form is taken. A wrong guess is told as another machine, and nothing is done to it.
 */
export function systemUUIDOf(text: string, form: SystemUUIDForm, expected?: string): string | undefined {
  const bytes = text.toLowerCase().match(/[0-9a-f]{2}/g) ?? []
  if (bytes.length !== 16 || bytes.every((byte) => byte === '00') || bytes.every((byte) => byte === 'ff'))
    return undefined
  const readings = ordersOf[form].map((order) => dashed(order.map((index) => bytes[index] ?? '')))
  return readings.find((reading) => reading === expected?.toLowerCase()) ?? readings.find(isRfc4122) ?? readings[0]
}

const writtenOrder = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] as const
const smbiosOrder = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const
const ordersOf = {
  Bytes: [smbiosOrder, writtenOrder, writtenOrder.toReversed()],
  Text: [writtenOrder, smbiosOrder],
} as const satisfies Readonly<Record<SystemUUIDForm, unknown>>

function dashed(bytes: readonly string[]): string {
  const hex = bytes.join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

const isRfc4122 = (uuid: string): boolean => /^.{14}[1-5].{4}[89ab]/.test(uuid)
