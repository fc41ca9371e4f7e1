import { keyRoutes } from '@signalbox/contract/key'
import type { Doors } from '../doors.ts'
import { revisionWanted, sendRevision } from '../http/etag.ts'
import { makeKey } from '../http/key-text.ts'
import { sendList } from '../http/list.ts'
import { changeOf } from '../http/once.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'

export function key({ app, store, clock }: Doors): void {
  serve(app, keyRoutes.list, async ({ query, request, reply }) => sendList(request, reply, query, await store.keys.list(query)))

  serve(app, keyRoutes.create, async ({ body, request, reply }) => {
    const { key, hash, ...made } = makeKey()
    const change = changeOf(request, reply, clock.now())
    const kept = await store.keys.create({ ...made, ...body }, hash, change)
    sendRevision(reply, kept.revision)
    reply.code(201).header('location', `/api/keys/${kept.key_id}`)
    return change.once?.replayed ? kept : { ...kept, key }
  })

  serve(app, keyRoutes.read, async ({ params, reply }) => {
    const found = await store.keys.find(params.key_id)
    if (found === undefined)
      throw new HubError('not_found', `There is no key ${params.key_id}`, { suggestion: 'GET /api/keys lists the keys there are.' })
    sendRevision(reply, found.revision)
    return found
  })

  serve(app, keyRoutes.revoke, async ({ params, request, reply }): Promise<Sent> => {
    await store.keys.revoke(params.key_id, revisionWanted(request), { now: clock.now() })
    reply.code(204).send()
    return sent
  })
}
