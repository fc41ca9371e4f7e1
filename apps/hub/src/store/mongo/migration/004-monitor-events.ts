import type { Connection } from '../connection.ts'

const renamed = { 'alert.opened': 'monitor.paused', 'alert.closed': 'monitor.resumed' } as const

/** Renames the events of a paused monitor: alerts are what people get. */
export async function monitorEvents(connection: Connection): Promise<void> {
  const events = connection.collection<{ event: string }>('event')
  for (const [before, after] of Object.entries(renamed)) await events.updateMany({ event: before }, { $set: { event: after } })
}
