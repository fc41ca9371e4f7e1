import http from 'node:http'
import { isIPv4 } from 'node:net'

/** No proxy can reach the hub's own machine. */
const THIS_MACHINE = ['localhost', '127.0.0.1', '[::1]', '::1']

/** Whether this Node sends requests through a proxy: the same as for all others of the hub, see `useOutgoingProxy`. */
const canUseProxy = (env: NodeJS.ProcessEnv) => 'setGlobalProxyFromEnv' in http || env.NODE_USE_ENV_PROXY === '1'

/** The outgoing proxy for an address, as HTTP_PROXY, HTTPS_PROXY and NO_PROXY name it; undefined when the hub connects itself. */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): string | undefined {
  const secure = url.protocol === 'https:'
  const proxy = readName(env, secure ? 'https_proxy' : 'http_proxy')
  if (proxy === undefined || !/^https?:\/\//.test(proxy) || !canUseProxy(env)) return undefined
  const without = [...(readName(env, 'no_proxy') ?? '').split(','), ...THIS_MACHINE]
  const host = url.hostname.toLowerCase()
  const withPort = `${host}:${url.port === '' ? (secure ? 443 : 80) : url.port}`
  return without.some((entry) => matches(entry.trim().toLowerCase(), host, withPort)) ? undefined : proxy
}

/** Lower case counts before upper case, as in Node. */
function readName(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name] || env[name.toUpperCase()] || undefined
}

/** An entry of NO_PROXY, as Node reads it: a host, a host with its port, a domain, or a range of addresses. */
function matches(entry: string, host: string, withPort: string): boolean {
  if (entry === '') return false
  if (entry === '*' || entry === host || entry === withPort) return true
  if (entry.startsWith('.')) return `.${host}`.endsWith(entry)
  if (entry.startsWith('*.')) return host.endsWith(entry.slice(1))
  const [first = '', last = ''] = entry.split('-').map((part) => part.trim())
  if (!isIPv4(first) || !isIPv4(last) || !isIPv4(host)) return false
  return numberOf(first) <= numberOf(host) && numberOf(host) <= numberOf(last)
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}
