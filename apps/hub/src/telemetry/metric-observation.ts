import type { SessionObservation } from '@signalbox/contract/session-observation'
import type { DataPoint } from '@signalbox/contract/telemetry'
import { Attributes, firstInstant, withoutWindow } from './attributes.ts'

/**
 * Translates a data point of Claude Code.
 *
 * Its value is not read. Cost and tokens are sums since the last export, of one process: to add them up, every batch would
 * have to arrive, and once; a process that resumes a session starts at zero. The log records have each call.
 * @returns undefined for a point of no session; a text that says why a point cannot be read
 */
export function observePoint(point: DataPoint, version: string | undefined): SessionObservation | string | undefined {
  const attributes = new Attributes(point.attributes)
  const session_id = attributes.text('session.id')
  if (session_id === undefined) return undefined
  // The time of the export may be later than the end of the session: a process goes on with another one after /clear.
  const at = firstInstant(point.startTimeUnixNano, point.timeUnixNano)
  if (at === undefined) return 'a data point has no time'
  const model = attributes.text('query_source') === 'main' ? attributes.text('model') : undefined
  return {
    observation_id: `telemetry:metric:${at}:${model ?? ''}`.slice(0, 200),
    session_id,
    source: 'telemetry',
    at,
    alive: true,
    fields: { ...(model === undefined ? {} : { model: withoutWindow(model) }), ...(version === undefined ? {} : { version }) },
  }
}
