import { isLoopback } from './this-machine.ts'

/** The warning about an address whose requests anyone on the network can read; undefined where that is not so. */
export function plainHttpWarning(url: string): string | undefined {
  const { protocol, hostname } = new URL(url)
  if (protocol !== 'http:' || isLoopback(hostname)) return undefined
  return `${url} is plain http: others on the network can read the key and the answers. Use https, a VPN or an ssh tunnel where you do not trust it: docs/proxy.md.`
}
