import { charactersOf, jsonOf, type Peer, type PeerResponse, startPeer, textOf } from './peer.ts'

export const PAGERDUTY_KEY = 'e93facc04764012d7bfb002500d5d1a6'

export interface PagerdutyPeer extends Peer {
  /** Every incident, by its key. */
  readonly incidents: Map<string, { state: 'triggered' | 'acknowledged' | 'resolved'; summary: string; events: number }>
}

/** Events API v2 of PagerDuty: https://developer.pagerduty.com/docs/events-api-v2-overview */
export async function startPagerdutyPeer(): Promise<PagerdutyPeer> {
  const incidents: PagerdutyPeer['incidents'] = new Map()
  const peer = await startPeer((request) => {
    if (request.path !== '/v2/enqueue') return { status: 404, body: '' }
    if (request.bytes.length > 512 * 1024) return { status: 413, body: '' }
    const event = jsonOf(request)
    const errors = event === undefined ? ['Event is not JSON'] : problems(event)
    if (event === undefined || errors.length > 0) return refuse(errors)
    const key = textOf(event.dedup_key) || `made-${incidents.size}`
    const { summary = '' } = (event.payload ?? {}) as { summary?: string }
    const known = incidents.get(key)
    const state = ({ trigger: 'triggered', acknowledge: 'acknowledged', resolve: 'resolved' } as const)[
      textOf(event.event_action) as 'trigger'
    ]
    if (known !== undefined || state === 'triggered') {
      incidents.set(key, { state, summary: summary || (known?.summary ?? ''), events: (known?.events ?? 0) + 1 })
    }
    return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: key } }
  })
  return { ...peer, incidents }
}

const refuse = (errors: readonly string[]): PeerResponse => ({
  status: 400,
  body: { status: 'invalid event', message: 'Event object is invalid', errors },
})

function problems({ routing_key, event_action, dedup_key, payload }: Record<string, unknown>): string[] {
  const action = textOf(event_action)
  const { summary, source, severity, timestamp } = (payload ?? {}) as Record<string, unknown>
  const length = charactersOf(textOf(summary))
  const checks: readonly (readonly [boolean, string])[] = [
    [textOf(routing_key) === PAGERDUTY_KEY, "'routing_key' is invalid"],
    [['trigger', 'acknowledge', 'resolve'].includes(action), "'event_action' is invalid"],
    [dedup_key === undefined || textOf(dedup_key).length <= 255, "Length of 'dedup_key' is greater than maximum"],
    [action === 'trigger' || textOf(dedup_key) !== '', "'dedup_key' is missing or blank"],
    [action !== 'trigger' || (length >= 1 && length <= 1_024), "'payload.summary' is missing, blank or too long"],
    [action !== 'trigger' || textOf(source) !== '', "'payload.source' is missing or blank"],
    [action !== 'trigger' || ['critical', 'error', 'warning', 'info'].includes(textOf(severity)), "'payload.severity' is invalid"],
    [timestamp === undefined || !Number.isNaN(Date.parse(textOf(timestamp))), "'payload.timestamp' is invalid"],
  ]
  return checks.filter(([isValid]) => !isValid).map(([, problem]) => problem)
}
