import type { ChannelFacts } from '../facts.ts'
import { listedKind } from './listed-kind.ts'
import type { Parameters } from './parameters.ts'
import type { Verdict } from './rule-kind.ts'
import { durationText, oneLine } from './words.ts'

/** A channel through which nothing gets for so long is as good as broken. In milliseconds. */
const FAILING_FOR_MS = 3_600_000

export const channelBroken = listedKind<Parameters<'channel_broken'>>({
  kind: 'channel_broken',
  severity: 'critical',
  // The type of an event that this hub's contract may not have yet.
  touchesAll: ({ event }) => (event as string) === 'channel.status',
  async list(facts, _, now) {
    return (await facts.channels()).map((channel) => ({
      subject: { key: channel.channel_id, about: {} },
      verdict: judgeChannel(channel, now),
    }))
  },
})

function judgeChannel({ channel_id, kind, name, state, state_since, failing_since, reason }: ChannelFacts, now: number): Verdict {
  if (state === 'off' || state === 'ok') return { verdict: 'clear' }
  const failingSince = failing_since ?? state_since
  if (state === 'failing' && now < failingSince + FAILING_FOR_MS) return { verdict: 'clear', next_at: failingSince + FAILING_FOR_MS }
  const what = state === 'broken' ? 'refuses messages' : `has let nothing through for more than ${durationText(FAILING_FOR_MS)}`
  return {
    verdict: 'holds',
    since: state === 'broken' ? state_since : failingSince + FAILING_FOR_MS,
    severity: 'critical',
    summary: `The channel ${oneLine(name, 80)} ${what}${reason === undefined ? '' : `: ${oneLine(reason)}`}`,
    values: { channel_id, channel_kind: kind, state },
  }
}
