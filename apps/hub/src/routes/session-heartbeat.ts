import { sessionRoutes } from '@signalbox/contract/session-route'
import { instantOf } from '../clock.ts'
import { serve } from '../http/route.ts'
import { isStoreOutage } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'
import { heartbeatSession } from '../state/session-heartbeat.ts'
import { heartbeatEvent, type SessionRecord } from '../state/session-record.ts'

const readSet = { deferrable: true }

export function sessionHeartbeat({ app, store, feed, clock, config, monitor }: RouteContext): void {
  const { rules } = config

  serve(
    app,
    sessionRoutes.heartbeat,
    async ({ params: { session_id: id }, body = {}, changeAt }) => {
      const change = changeAt(clock.now())
      let record: SessionRecord
      try {
        record = await store.sessions.change(id, readSet, change, (state) => heartbeatSession(state, body, change.now, rules, id))
      } catch (error) {
        if (isStoreOutage(error)) monitor.noteStoreOutage()
        throw error
      }
      if (feed.subscribers > 0) feed.publishLive(heartbeatEvent(record))
      return {
        session_id: record.session_id,
        status: record.status,
        last_heartbeat: instantOf(record.last_heartbeat),
        message: 'Heartbeat recorded',
        next_heartbeat_ms: record.heartbeat_interval_ms ?? Math.floor(rules.stallMs / 5),
      }
    },
    { hot: 'session_id' },
  )
}
