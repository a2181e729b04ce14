/** The host of `host:port`. An IPv6 address stands in brackets where a port follows. */
export function withoutPort(text: string): string {
  const [, inBrackets] = /^\[([^\]]*)\](?::\d+)?$/.exec(text) ?? []
  if (inBrackets !== undefined) return inBrackets
  const isBareIPv6 = text.indexOf(':') !== text.lastIndexOf(':')
  return isBareIPv6 ? text : text.replace(/:\d+$/, '')
}

/**
 * An IP address or a host name in the one spelling in which it can be compared. Undefined: it is none, or it means another machine to
 * each who says it (loopback, link-local, unspecified).
 */
export function hostAddress(text: string): string | undefined {
  if (text.includes(':')) return ipv6Address(text)
  if (/^[\d.]*$/.test(text)) return ipv4Address(text)
  const name = text.toLowerCase()
  return hostName.test(name) && !/^localhost(?:\.|$)/.test(name) ? name : undefined
}

const hostName = /^[a-z\d._-]{1,253}$/

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const ipv4 = new RegExp(`^(?:${octet}\\.){3}${octet}$`)
const foreignIPv4 = /^(?:0|127|169\.254)\./
const foreignIPv6 = /^(?:::1?$|fe[89ab])/

/** Without leading zeros, which some read as octal. */
const ipv4Address = (text: string): string | undefined =>
  ipv4.test(text) && !foreignIPv4.test(text) ? text : undefined

function ipv6Address(text: string): string | undefined {
  const url = `http://[${text}]`
  if (!/^[\da-f:.]+$/i.test(text) || !URL.canParse(url)) return undefined
  const address = new URL(url).hostname.slice(1, -1)
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(address) ?? []
  if (high !== undefined && low !== undefined) return ipv4Address([...bytesOf(high), ...bytesOf(low)].join('.'))
  return foreignIPv6.test(address) ? undefined : address
}

const bytesOf = (group: string): readonly number[] => {
  const value = Number.parseInt(group, 16)
  return [value >> 8, value & 0xff]
}
