import { isIP } from 'node:net'
import os from 'node:os'

/** Whether a host name or address is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '')
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'))
}

/** Whether an address of a URL belongs to this machine: what is sent there does not leave it. */
export function isThisMachine(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/^\[|\]$/g, '')
  if (isLoopback(name)) return true
  return Object.values(os.networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address.toLowerCase() === name))
}
