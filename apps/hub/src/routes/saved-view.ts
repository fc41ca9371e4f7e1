import { randomBytes } from 'node:crypto'
import { MAX_SAVED_VIEWS, type SavedView, savedViewRoutes, type ViewScreen } from '@signalbox/contract/saved-view'
import { instantOf } from '../clock.ts'
import { newId, toChange } from '../http/idempotency.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'
import type { SavedViewRecord } from '../store/saved-view.ts'

/** The filters of screens that were given a name. */
export function savedView({ app, store: { savedViews, events }, clock }: RouteContext): void {
  const publish = (view_id: string, change: 'created' | 'changed' | 'removed') =>
    void events
      .append([{ event: 'view.changed', data: { view_id, change } }], { now: clock.now() })
      .catch((err: unknown) => app.log.warn({ err }, 'view.changed not published'))

  serve(app, savedViewRoutes.list, async () => (await savedViews.list()).sort(byScreenAndName).map(toView))

  serve(app, savedViewRoutes.create, async ({ body, request, reply }) => {
    const now = clock.now()
    const change = toChange(request, reply, now)
    const view_id = change.idempotency === undefined ? `v_${randomBytes(6).toString('hex')}` : `v_${newId(change, 'view')}`
    const all = await savedViews.list()
    requireFreeName(all, body, view_id)
    if (all.length >= MAX_SAVED_VIEWS) {
      throw new HubError('conflict', `There are ${MAX_SAVED_VIEWS} saved views, and that is the limit`, { suggestion: 'Remove some.' })
    }
    const record: SavedViewRecord = { ...body, view_id, created_at: now, updated_at: now, revision: 1 }
    // A repeated request finds the view that the first one made.
    if (await savedViews.put(record, change)) publish(view_id, 'created')
    reply.code(201).header('location', `${app.ownAddress.basePath(request)}/api/views/${view_id}`)
    return toView((await savedViews.find(view_id)) ?? record)
  })

  serve(app, savedViewRoutes.change, async ({ params: { view_id }, body }) => {
    for (;;) {
      const now = clock.now()
      const all = await savedViews.list()
      const found = all.find((one) => one.view_id === view_id)
      if (found === undefined) throw missing(view_id)
      const { name = found.name, search = found.search } = body
      const record: SavedViewRecord = { ...found, name, search, updated_at: now, revision: found.revision + 1 }
      requireFreeName(all, record, view_id)
      if (!(await savedViews.put(record, { now }))) continue
      publish(view_id, 'changed')
      return toView(record)
    }
  })

  serve(app, savedViewRoutes.remove, async ({ params: { view_id }, reply }): Promise<Sent> => {
    if (!(await savedViews.remove(view_id, { now: clock.now() }))) throw missing(view_id)
    publish(view_id, 'removed')
    reply.code(204).send()
    return sent
  })
}

function missing(view_id: string): HubError {
  return new HubError('not_found', `There is no saved view ${view_id}`, { suggestion: 'GET /api/views lists those there are.' })
}

/** @throws HubError `conflict` where another view of the screen has the name, in any case */
function requireFreeName(
  all: readonly SavedViewRecord[],
  { screen, name }: { readonly screen: ViewScreen; readonly name: string },
  id: string,
): void {
  const isTaken = (one: SavedViewRecord) => one.view_id !== id && one.screen === screen && one.name.toLowerCase() === name.toLowerCase()
  if (!all.some(isTaken)) return
  throw new HubError('conflict', `There is a saved view "${name}" already`, {
    suggestion: 'Choose another name, or change that view.',
    details: { field: 'name' },
  })
}

function byScreenAndName(a: SavedViewRecord, b: SavedViewRecord): number {
  return a.screen === b.screen ? a.name.localeCompare(b.name, 'en', { sensitivity: 'base', numeric: true }) : a.screen < b.screen ? -1 : 1
}

function toView({ created_at, updated_at, ...view }: SavedViewRecord): SavedView {
  return { ...view, created_at: instantOf(created_at), updated_at: instantOf(updated_at) }
}
