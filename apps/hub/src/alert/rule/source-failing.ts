import { matchesFilter } from '@signalbox/usage/name-pattern'
import { type CollectorSource, changesSources, collectorSources, noContact } from './collector-source.ts'
import { type Judged, listedKind } from './listed-kind.ts'
import type { Parameters } from './parameters.ts'
import type { Verdict } from './rule-kind.ts'
import { durationText, instantValue, oneLine } from './words.ts'

export const sourceFailing = listedKind<Parameters<'source_failing'>>({
  kind: 'source_failing',
  severity: 'info',
  touchesAll: changesSources,
  async list(facts, { after_ms, filter }, now) {
    const sources = (await collectorSources(facts, now)).filter(({ machine_id }) => matchesFilter(filter, { machine_id }))
    return Promise.all(
      sources.map(async (source): Promise<Judged> => {
        const subject = {
          key: [source.machine_id, source.name].map(encodeURIComponent).join('/'),
          about: { machine_id: source.machine_id },
        }
        return { subject, verdict: await judgeSource(source, after_ms, now) }
      }),
    )
  },
})

async function judgeSource(source: CollectorSource, afterMs: number, now: number): Promise<Verdict> {
  const { machine_id, name, state, problem, fresh } = source
  if (!fresh) return noContact
  // A page that has changed is a source that fails; one that needs a person to sign in has a kind of its own.
  if (state !== 'failing') return { verdict: 'clear' }
  const since = await source.since()
  if (now < since + afterMs) return { verdict: 'clear', next_at: since + afterMs }
  return {
    verdict: 'holds',
    since: since + afterMs,
    severity: 'info',
    summary:
      `The source ${oneLine(name, 80)} on ${oneLine(machine_id, 80)} has been failing for more than ${durationText(afterMs)}` +
      `${problem === undefined ? '' : `: ${oneLine(problem)}`}`,
    values: { source: oneLine(name, 80), failing_since: instantValue(since) },
  }
}
