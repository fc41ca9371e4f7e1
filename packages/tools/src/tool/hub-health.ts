import { NotFoundError, type StateTrackingApiClient } from '@signalbox/client'
import { z } from 'zod'
import { compact, formatDuration } from '../format.ts'
import { describeAge } from '../limit-window.ts'
import { defineTool, type ToolContext } from '../tool.ts'

const subjects = ['hub', 'collector', 'limits', 'usage'] as const
const PAGE = 100

export const hubHealth = defineTool({
  name: 'hub_health',
  title: 'Health of Signalbox',
  description:
    'Whether Signalbox itself works: the hub and its database, the collectors of all machines, how old the plan limits are and why, and when ' +
    'the last usage arrived. Use it when numbers look old, or before you say that something is missing.',
  input: z.strictObject({ about: z.enum(subjects).optional().describe('Only this part.') }),
  scope: 'read',
  async run(client, { about }, context) {
    const wanted = subjects.filter((subject) => about === undefined || subject === about)
    const parts = await Promise.all(wanted.map(async (subject) => [subject, await readers[subject](client, context)] as const))
    return {
      text: parts.map(([, { text }]) => text).join('\n'),
      data: Object.fromEntries(parts.map(([subject, { data }]) => [subject, data])),
    }
  },
})

interface Part {
  readonly text: string
  readonly data: object
}

const readers: Record<(typeof subjects)[number], (client: StateTrackingApiClient, context: ToolContext) => Promise<Part>> = {
  async hub(client, { signal }) {
    const health = await client.checkHealth({ signal })
    const { status, version, uptime, database, latency, message } = health
    const text =
      status === 'ok'
        ? `Hub ${version}: ok, running for ${formatDuration(uptime * 1000)}, its database answers in ${latency} ms.`
        : `Hub ${version}: unavailable, database ${database}${message === undefined ? '' : `: ${message}`}.`
    return { text, data: compact({ status, version, uptime_s: Math.round(uptime), database, latency_ms: latency, message }) }
  },

  async collector(client, { now, signal }) {
    const machines = await client.listMachines({ limit: PAGE }, { signal })
    const collectors = machines.flatMap(({ machine_id, collector }) => (collector === undefined ? [] : [{ machine_id, ...collector }]))
    const lines = collectors.map(({ machine_id, connected, behind, last_contact, version }) => {
      const state = !connected
        ? `not connected for ${formatDuration(now - Date.parse(last_contact))}`
        : behind
          ? 'connected, but behind'
          : 'connected'
      return `Collector ${version} on ${machine_id}: ${state}.`
    })
    return {
      text: lines.length === 0 ? 'No collector has sent a heartbeat to this hub.' : lines.join('\n'),
      data: collectors.map(({ machine_id, connected, behind, last_contact, version, state, sources, pending }) =>
        compact({ machine_id, connected, behind, last_contact, version, state, sources, pending }),
      ),
    }
  },

  async limits(client, { now, signal }) {
    try {
      const limits = await client.getCurrentLimits({}, { signal })
      const { text, reason } = describeAge(limits, now)
      return {
        text: `Plan limits: ${text}`,
        data: compact({ last_updated: limits.lastUpdated, source: limits.source, stale_reason: reason, collector: limits.collector }),
      }
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error
      return { text: `Plan limits: none yet. ${error.suggestion ?? ''}`.trim(), data: { last_updated: null } }
    }
  },

  async usage(client, { now, signal }) {
    const { lastUpdated } = await client.getClaudeUsage({}, { signal })
    return {
      text:
        lastUpdated === null
          ? 'Usage: no call has arrived yet.'
          : `Usage: the last calls arrived ${formatDuration(now - Date.parse(lastUpdated))} ago.`,
      data: { last_calls_arrived_at: lastUpdated },
    }
  },
}
