import fs from 'node:fs'
import path from 'node:path'
import type { FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
import { PublicFiles } from '../http/public-files.ts'
import { HubError } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'

const publicFile = { access: 'public', browser: true, quiet: true } as const
/** The image is the icon of its notifications. */
const workerPolicy = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'"
const page: RouteShorthandOptions = { config: { ...publicFile, page: true }, schema: { hide: true }, compress: false }
const file: RouteShorthandOptions = { config: publicFile, schema: { hide: true }, compress: false }

/** The built dashboard: the browser routes its addresses, so all of them answer with the one page. */
export function dashboard({ app, dashboard: folder }: RouteContext): void {
  const files = new PublicFiles(folder)
  // Looked for and not read: to read and hash them all takes longer than most of a start.
  if (!fs.existsSync(path.join(folder, 'index.html')))
    app.log.warn({ folder }, 'the dashboard is not built yet, and its pages answer 503: run "npm run build"')

  const send = (name: string, caching: string, request: FastifyRequest, reply: FastifyReply) => {
    if (!files.has(name)) return reply.callNotFound()
    // A worker runs under the policy that its own file is sent with.
    if (name.endsWith('.js')) reply.header('content-security-policy', workerPolicy)
    return files.send(name, request, reply.header('cache-control', caching))
  }
  const sendPage = (request: FastifyRequest, reply: FastifyReply) => {
    if (files.has('index.html')) return files.sendPage(app.ownAddress.basePath(request), request, reply.header('cache-control', 'no-cache'))
    throw new HubError('unavailable', 'The dashboard is not built yet', { suggestion: 'Run "npm run build" and load this page again.' })
  }
  for (const url of ['/app', '/app/*', '/widget', '/widget/*']) app.get(url, page, sendPage)
  app.get('/', file, (request, reply) => reply.redirect(`${app.ownAddress.basePath(request)}/app`))
  // Their names contain a hash of the content.
  app.get<{ Params: { '*': string } }>('/assets/*', file, (request, reply) => {
    const name = `assets/${request.params['*']}`
    return send(name, 'public, max-age=31536000, immutable', request, reply)
  })
  // Files at the root: icon, manifest, service worker.
  app.get<{ Params: { file: string } }>('/:file(^[\\w-]+\\.(?:js|css|svg|png|ico|txt|webmanifest)$)', file, (request, reply) =>
    send(request.params.file, 'no-cache', request, reply),
  )
}
