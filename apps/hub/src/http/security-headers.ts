import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import helmet, { type HelmetOptions } from 'helmet'

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

const usual = {
  // Answers that are no page may load nothing at all.
  contentSecurityPolicy: { useDefaults: false, directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] } },
  referrerPolicy: { policy: 'no-referrer' as const },
  // Whether the name of the hub is for https alone, for ever, is for its owner to say, at the proxy that has the certificate.
  strictTransportSecurity: false,
  // Both are ignored, with a warning in the console, by a page that came by http from another machine.
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
} satisfies HelmetOptions

/**
 * Sets what helmet would, for pages and for answers. Its headers are asked for once: they are the same every time, and
 * putting them together anew for every request took a tenth of a heartbeat's time.
 */
export function secureHeaders(app: FastifyInstance): void {
  const forAnswers = answerHeaders()
  const forPages = headersOf({ ...usual, contentSecurityPolicy: { useDefaults: false, directives: { ...pagePolicy } } })
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(request.door.page ? forPages : forAnswers)
    done()
  })
}

/** Of an answer that is no page: the others speak to a browser about pages, and would be most of a short answer. */
export function answerHeaders(): Record<string, string> {
  return headersOf({
    ...usual,
    dnsPrefetchControl: false,
    frameguard: false,
    ieNoOpen: false,
    permittedCrossDomainPolicies: false,
    xssFilter: false,
  })
}

function headersOf(options: HelmetOptions): Record<string, string> {
  const headers: Record<string, string> = {}
  const response = {
    setHeader: (name: string, value: string) => {
      headers[name.toLowerCase()] = value
    },
    removeHeader: () => {},
  }
  helmet(options)({} as IncomingMessage, response as unknown as ServerResponse, (error) => {
    if (error !== undefined) throw error
  })
  return headers
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A page with files of its own. */
    page?: boolean
  }
}
