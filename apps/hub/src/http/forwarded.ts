import type { IncomingMessage } from 'node:http'

/**
 * Headers that proxies, tunnels and load balancers add. The address of such a program may be loopback while its client is
 * anywhere.
 */
const FORWARDED =
  /^(?:x-forward(?:ed)?(?:-.*)?|forwarded(?:-.*)?|via|x-real-.*|x-original-.*|x-rewrite-url|x-client-ip|x-cluster-client-ip|x-remote-.*|x-proxy.*|x-envoy-.*|x-azure-.*|x-arr-.*|x-appengine-.*|x-cloud-trace-context|x-amzn?-.*|x-vercel-.*|x-nf-.*|x-ngrok-.*|true-client-ip|client-ip|remote-.*|proxy-.*|wl-proxy-.*|fastly-.*|fly-.*|cf-.*|cdn-loop|tailscale-.*|akamai-.*|incap-.*|ngrok-.*|front-end-https)$/

/**
 * Whether a request has passed a program that forwards it for others. One that says so in no header may still be known by
 * its HTTP/1.0, which nginx speaks to the program behind it unless set otherwise, and which no program of ours speaks.
 */
export function isForwarded({ headers, httpVersion }: Pick<IncomingMessage, 'headers' | 'httpVersion'>): boolean {
  if (Number(httpVersion) < 1.1) return true
  for (const name in headers) if (FORWARDED.test(name)) return true
  return false
}
