import { desktopNoticeRoutes } from '@signalbox/contract/desktop-notice'
import { MAX_ASK_AGAIN_MS } from '@signalbox/contract/limit-source'
import { serve } from '../http/route.ts'
import type { RouteContext } from '../route-context.ts'

/** Notices for desktops, which the collectors there fetch and show. */
export function desktopNotice({ app, desktop, quotas, streams }: RouteContext): void {
  app.addHook('preClose', async () => desktop.close())

  serve(
    app,
    desktopNoticeRoutes.poll,
    async ({ body, request, reply }) => {
      await quotas.take(request, reply, { names: [{ kind: 'collector', name: body.machine_id }] })
      const disconnected = new AbortController()
      const abort = () => {
        if (!reply.raw.writableEnded) disconnected.abort()
      }
      if (reply.raw.destroyed) abort()
      else reply.raw.once('close', abort)
      const isHeld = streams.turn === undefined
      const notices = await desktop.poll(isHeld ? body : { ...body, waitMs: 0 }, disconnected.signal)
      return { notices: [...notices], ...(isHeld ? {} : { askAgainInMs: MAX_ASK_AGAIN_MS }) }
    },
    { quiet: true },
  )
}
