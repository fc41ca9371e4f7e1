import { metricsRoutes } from '@signalbox/contract/metrics'
import { type Sent, sent, serve } from '../http/route.ts'
import type { RouteContext } from '../route-context.ts'

export function metrics({ app, feed, metrics: { registry, listeners } }: RouteContext): void {
  serve(
    app,
    metricsRoutes.metrics,
    async ({ reply }): Promise<Sent> => {
      listeners.set(feed.subscribers)
      reply.type(registry.contentType).send(await registry.metrics())
      return sent
    },
    { quiet: true },
  )
}
