import { loginRoutes, type WhoAmI } from '@signalbox/contract/login'
import type { FastifyRequest } from 'fastify'
import type { Doors } from '../doors.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { requireOwnOrigin } from '../http/same-origin.ts'

export function login({ app, store, doorman, cookie, clock }: Doors): void {
  serve(app, loginRoutes.login, async ({ body, request, reply }): Promise<WhoAmI> => {
    // A foreign page must not sign a browser in under its own key.
    requireOwnOrigin(request, { mayBeAbsent: true })
    const { id, name, scopes } = await doorman.admit(request, reply, body.key.trim())
    cookie.give(request, reply, id, clock.now())
    return { authenticated: true, by: 'cookie', name, scopes: [...scopes], bypass: false, store_id: store.id }
  })

  serve(app, loginRoutes.logout, ({ request, reply }): Sent => {
    cookie.take(request, reply)
    reply.code(204).send()
    return sent
  })

  serve(app, loginRoutes.whoAmI, ({ request }) => ({ ...whoIs(request), store_id: store.id }))
}

function whoIs({ principal }: FastifyRequest): Omit<WhoAmI, 'store_id'> {
  const { by, name, scopes } = principal!
  return { authenticated: true, by, ...(by === 'bypass' ? {} : { name }), scopes: [...scopes], bypass: by === 'bypass' }
}
