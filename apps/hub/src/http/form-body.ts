import type { FastifyInstance } from 'fastify'

/**
 * Lets the routes of this instance take the forms of a page without a script. In an instance of its own, and only for routes whose
 * address is a secret: a page of any site may send a form, with the browser's cookie.
 */
export function readForms(app: FastifyInstance): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body as string)))
  })
}
