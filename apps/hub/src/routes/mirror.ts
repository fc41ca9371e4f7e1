import { type MirrorState, mirrorRoutes } from '@signalbox/contract/mirror-state'
import { instantOf } from '../clock.ts'
import { serve } from '../http/route.ts'
import type { RouteContext } from '../route-context.ts'

export function mirror({ app, store, mirror }: RouteContext): void {
  serve(app, mirrorRoutes.state, ({ reply }): MirrorState => {
    reply.header('cache-control', 'private, no-cache')
    if (mirror === undefined) return { store_id: store.id, kept: false }
    const { since, aside, ...state } = mirror.state
    return { store_id: store.id, kept: true, ...state, since: instantOf(since), aside: [...aside] }
  })
}
