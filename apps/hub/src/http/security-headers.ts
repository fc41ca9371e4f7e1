import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import helmet, { type HelmetOptions } from 'helmet'

/** The policy of the pages of the hub: they load only their own files. */
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

const baseOptions = {
  // Answers other than pages may load nothing.
  contentSecurityPolicy: { useDefaults: false, directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] } },
  referrerPolicy: { policy: 'no-referrer' as const },
  // HSTS is for the owner to set, at the proxy that has the certificate.
  strictTransportSecurity: false,
  // Browsers ignore both, with a console warning, on a page loaded over http from another machine.
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
} satisfies HelmetOptions

/**
 * Sets the headers of helmet, for pages and for other answers. They are computed once: doing so for every request took a
 * tenth of the time of a heartbeat.
 */
export function secureHeaders(app: FastifyInstance): void {
  const forAnswers = answerHeaders()
  const forPages = headersOf({ ...baseOptions, contentSecurityPolicy: { useDefaults: false, directives: { ...pagePolicy } } })
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(request.routeConfig.page ? forPages : forAnswers)
    done()
  })
}

/** Headers of an answer that is no page; those that concern only pages would be most of a short answer. */
export function answerHeaders(): Record<string, string> {
  return headersOf({
    ...baseOptions,
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
