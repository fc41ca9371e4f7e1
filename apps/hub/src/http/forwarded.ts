import type { IncomingHttpHeaders } from 'node:http'

/**
 * Headers that proxies, tunnels and load balancers add. The address of such a program may be loopback while its client is
 * anywhere.
 */
const FORWARDED =
  /^(?:x-forward(?:ed)?(?:-.*)?|forwarded(?:-.*)?|via|x-real-.*|x-original-.*|x-rewrite-url|x-client-ip|x-cluster-client-ip|x-remote-.*|x-proxy.*|x-envoy-.*|x-azure-.*|x-arr-.*|x-appengine-.*|x-cloud-trace-context|x-amzn?-.*|x-vercel-.*|x-nf-.*|x-ngrok-.*|true-client-ip|client-ip|remote-.*|proxy-.*|wl-proxy-.*|fastly-.*|fly-.*|cf-.*|cdn-loop|tailscale-.*|akamai-.*|incap-.*|ngrok-.*|front-end-https)$/

/** Whether a request has passed a program that forwards it for others. */
export function isForwarded(headers: IncomingHttpHeaders): boolean {
  for (const name in headers) if (FORWARDED.test(name)) return true
  return false
}
