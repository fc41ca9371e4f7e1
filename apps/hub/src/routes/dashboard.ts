import fs from 'node:fs'
import path from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, RouteShorthandOptions } from 'fastify'
import type { Doors } from '../doors.ts'
import { HubError } from '../hub-error.ts'

const open = { access: 'public', browser: true, quiet: true } as const
const page: RouteShorthandOptions = { config: { ...open, page: true }, schema: { hide: true } }
const file: RouteShorthandOptions = { config: open, schema: { hide: true } }

/** The built dashboard as files: its addresses are the browser's, so all of them answer the one page. */
export async function dashboard({ app, dashboard: folder }: Doors): Promise<void> {
  // Its own warning does not say what to do.
  await app.register(fastifyStatic, { serve: false, root: folder, suppressWarning: true })
  if (!fs.existsSync(folder)) app.log.warn({ folder }, 'the dashboard is not built yet, and its pages answer 503: run "npm run build"')

  const sendPage = (reply: FastifyReply) => {
    if (!fs.existsSync(path.join(folder, 'index.html'))) {
      throw new HubError('unavailable', 'The dashboard is not built yet', { suggestion: 'Run "npm run build" and load this page again.' })
    }
    return reply.sendFile('index.html', folder, { cacheControl: false })
  }
  for (const url of ['/app', '/app/*', '/widget', '/widget/*']) {
    app.get(url, page, (_request, reply) => sendPage(reply.header('cache-control', 'no-cache')))
  }
  app.get('/', { config: open, schema: { hide: true } }, (_request, reply) => reply.redirect('/app'))
  // Their names hold a hash of what is in them.
  app.get<{ Params: { '*': string } }>('/assets/*', file, (request, reply) =>
    reply.sendFile(request.params['*'], path.join(folder, 'assets'), { maxAge: '1y', immutable: true }),
  )
  // What a browser asks for at the top: its icon, the manifest, the worker.
  app.get<{ Params: { file: string } }>('/:file(^[\\w-]+\\.(?:js|css|svg|png|ico|txt|webmanifest)$)', file, (request, reply) =>
    reply.header('cache-control', 'no-cache').sendFile(request.params.file, folder, { cacheControl: false }),
  )
}
