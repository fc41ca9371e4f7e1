import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

/** What a page of the hub may load: its own files and nothing else. */
export const pagePolicy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'manifest-src': ["'self'"],
  'worker-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'self'"],
} as const

export async function secureHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    // Answers that are no page may load nothing at all.
    contentSecurityPolicy: { useDefaults: false, directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] } },
    referrerPolicy: { policy: 'no-referrer' },
    // Whether the name of the hub is for https alone, for ever, is for its owner to say, at the proxy that has the certificate.
    strictTransportSecurity: false,
    // Both are ignored, with a warning in the console, by a page that came by http from another machine.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  })
}
