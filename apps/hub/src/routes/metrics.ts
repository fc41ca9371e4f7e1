import { metricsRoutes } from '@signalbox/contract/metrics'
import type { Doors } from '../doors.ts'
import { type Sent, sent, serve } from '../http/route.ts'

export function metrics({ app, feed, metrics: { registry, listeners } }: Doors): void {
  serve(
    app,
    metricsRoutes.metrics,
    async ({ reply }): Promise<Sent> => {
      listeners.set(feed.readers)
      reply.type(registry.contentType).send(await registry.metrics())
      return sent
    },
    { quiet: true },
  )
}
