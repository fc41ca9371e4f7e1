import { loginRoutes, type SignInLink, type WhoAmI } from '@signalbox/contract/login'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { auditEntry } from '../http/audit.ts'
import { loggedPrefixOf } from '../http/key-text.ts'
import { MinuteCounter } from '../http/minute-counter.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { requireOwnOrigin } from '../http/same-origin.ts'
import { SignInLinks } from '../http/sign-in-links.ts'
import { HubError } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'

/** Refused sign-ins that are recorded; they are caused by strangers. */
const MAX_REFUSALS_PER_MINUTE = 60

export function login({ app, store, authenticator, signIns, clock, quotas, openStreams }: RouteContext): void {
  serve(app, loginRoutes.login, async ({ body, request, reply }): Promise<WhoAmI> => {
    // A page of another origin must not sign a browser in with its own key.
    requireOwnOrigin(request, { mayBeAbsent: true })
    const key = await authenticate(request, reply, body.key.trim())
    const { name, scopes } = key
    await signIns.create(request, reply, key, clock.now())
    return { authenticated: true, by: 'cookie', name, scopes: [...scopes], bypass: false, store_id: store.id }
  })

  const refusals = new MinuteCounter(clock)

  /** Records refused keys; those that are only slowed down leave no more entries. */
  async function authenticate(request: FastifyRequest, reply: FastifyReply, key: string) {
    try {
      return await authenticator.authenticate(request, reply, key)
    } catch (error) {
      const isRefusal = error instanceof HubError && error.code === 'unauthorized'
      if (isRefusal && !refusals.count('all', MAX_REFUSALS_PER_MINUTE).exceeded) {
        const entry = auditEntry(request, 'sign_in.refused', { key_prefix: loggedPrefixOf(key) })
        store.audit.append(entry, { now: clock.now() }).catch((err: unknown) => request.log.warn({ err }, 'refused sign-in not recorded'))
      }
      throw error
    }
  }

  const links = new SignInLinks(clock)

  serve(app, loginRoutes.createLink, ({ body: { expires_in_s } = { expires_in_s: 60 }, request, reply }): SignInLink => {
    const { by, id, name } = request.principal!
    const token = links.create(by === 'bypass' ? undefined : { id, name }, expires_in_s * 1000)
    reply.code(201)
    return { path: `/api/login/links/${token}`, expires_at: new Date(clock.now() + expires_in_s * 1000).toISOString() }
  })

  serve(
    app,
    loginRoutes.followLink,
    async ({ params, request, reply }): Promise<Sent> => {
      // A program that looks at a link before a person follows it must not use it up.
      const link = request.method === 'HEAD' ? undefined : links.take(params.token)
      if (link === undefined) {
        throw new HubError('unauthorized', 'The link was used already or has ended', {
          apiCode: 'AUTH_INVALID',
          suggestion: 'Run this again: signalbox open.',
        })
      }
      if (link.key !== undefined) await signIns.create(request, reply, link.key, clock.now())
      reply.redirect(`${app.ownAddress.basePath(request)}/app`, 303)
      return sent
    },
    // The log would have the token.
    { quiet: true },
  )

  serve(app, loginRoutes.logout, async ({ request, reply }): Promise<Sent> => {
    const ended = await signIns.end(request, reply, clock.now())
    if (ended !== undefined) openStreams.end(({ signInId }) => signInId === ended)
    reply.code(204).send()
    return sent
  })

  serve(app, loginRoutes.whoAmI, ({ request }) => ({
    ...describePrincipal(request),
    store_id: store.id,
    quotas: quotas.of(request.principal!.id),
  }))
}

function describePrincipal({ principal }: FastifyRequest): Omit<WhoAmI, 'store_id'> {
  const { by, name, scopes, bound, end } = principal!
  return {
    authenticated: true,
    by,
    ...(by === 'bypass' ? {} : { name }),
    scopes: [...scopes],
    bypass: by === 'bypass',
    ...end,
    ...bound,
  }
}
