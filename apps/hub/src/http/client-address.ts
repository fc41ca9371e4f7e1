import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'

/** The network by which the client of a request is counted and slowed. */
export function networkOfClient(request: FastifyRequest): string {
  return networkOf(request.ip)
}

/**
 * The network of an address, by which clients are distinguished: an IPv4 address is one, of IPv6 a client usually has all
 * addresses of a /64. A text that is no address, as a proxy may pass one on, is always the same name, so that no
 * client makes names of its own.
 */
export function networkOf(address: string | undefined): string {
  const plain = plainAddress(address) ?? ''
  const version = isIP(plain)
  if (version === 4) return plain
  if (version === 0) return 'unknown'
  return `${groupsOf(plain).slice(0, 4).join(':')}::/64`
}

/** An address as one text: an IPv4 address inside an IPv6 one, as a dual socket reports it, without its prefix. */
export function plainAddress(address: string | undefined): string | undefined {
  const plain = address?.toLowerCase().replace(/%.*$/s, '')
  if (plain === undefined || isIP(plain) !== 6) return plain
  const groups = groupsOf(plain)
  if (groups.slice(0, 5).some((group) => group !== '0') || groups[5] !== 'ffff') return plain
  const [high, low] = groups.slice(6).map((group) => Number.parseInt(group, 16)) as [number, number]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const [, before = '', dotted] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address) ?? [null, address]
  const [a = 0, b = 0, c = 0, d = 0] = dotted?.split('.').map(Number) ?? []
  const text = dotted === undefined ? address : `${before}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  const [head = '', tail] = text.split('::')
  const [left, right] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':'))) as [string[], string[]]
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - left.length - right.length }, () => '0')
  return [...left, ...zeros, ...right].map((group) => group.replace(/^0+(?=.)/, ''))
}
