import { type SignIn, signInRoutes } from '@signalbox/contract/sign-in'
import type { FastifyRequest } from 'fastify'
import { auditEntry } from '../http/audit.ts'
import { requireKey } from '../http/auth.ts'
import { readPage, sendPage } from '../http/list.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'
import type { SignInRecord } from '../store/sign-in.ts'

/** Signed-in browsers: those of the caller's key, or all for an admin. */
export function signIn({ app, store, clock, openStreams }: RouteContext): void {
  serve(app, signInRoutes.list, async ({ query, request, reply }) => {
    const page = readPage(query, 'newest')
    const found = await store.signIns.list({ ...page.range, ...ownedBy(request) })
    const rows = sendPage(request, reply, page, found, ({ created_at, sign_in_id }) => ({ at: Date.parse(created_at), id: sign_in_id }))
    return rows.map((row) => describe(row, request))
  })

  serve(app, signInRoutes.end, async ({ params: { sign_in_id }, request, reply }): Promise<Sent> => {
    const { key_id } = ownedBy(request)
    const found = await store.signIns.find(sign_in_id)
    if (found === undefined || (key_id !== undefined && found.key_id !== key_id)) {
      throw new HubError('not_found', `There is no sign-in ${sign_in_id}`, { suggestion: 'GET /api/sign-ins lists those there are.' })
    }
    const details = { sign_in_id, of: found.key_name }
    await store.signIns.end(sign_in_id, { now: clock.now(), audit: () => auditEntry(request, 'sign_in.ended', details) })
    openStreams.end(({ signInId }) => signInId === sign_in_id)
    reply.code(204).send()
    return sent
  })

  serve(app, signInRoutes.endAll, async ({ query: { keep_current }, request }) => {
    const filter = { ...ownedBy(request), except: keep_current === 'true' ? request.principal?.signInId : undefined }
    const ended = await store.signIns.endAll(filter, {
      now: clock.now(),
      audit: (count) => auditEntry(request, 'sign_in.ended', { ended: count, of: filter.key_id === undefined ? 'all keys' : 'its key' }),
    })
    openStreams.end(
      ({ id, signInId }) => signInId !== undefined && signInId !== filter.except && (filter.key_id === undefined || filter.key_id === id),
    )
    return { ended }
  })
}

function ownedBy(request: FastifyRequest): { key_id?: string } {
  requireKey(request)
  const { id, scopes } = request.principal!
  return scopes.includes('admin') ? {} : { key_id: id }
}

function describe(row: SignInRecord, { principal }: FastifyRequest): SignIn {
  return { ...row, current: row.sign_in_id === principal?.signInId }
}
