import { desktopNoticeRoutes } from '@signalbox/contract/desktop-notice'
import { serve } from '../http/route.ts'
import type { RouteContext } from '../route-context.ts'

/** Notices for desktops, which the collectors there fetch and show. */
export function desktopNotice({ app, desktop, quotas }: RouteContext): void {
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
      return { notices: [...(await desktop.poll(body, disconnected.signal))] }
    },
    { quiet: true },
  )
}
