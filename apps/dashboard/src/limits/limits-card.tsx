import type { CurrentLimitReading } from '../hub/answer.ts'
import { useHubNow } from '../hub/hub-clock.ts'
import { missingOf, rowsOf } from '../hub/limit-row.ts'
import { useLimitHistory, useLimits } from '../hub/limits.ts'
import { Panel } from '../ui/panel.tsx'
import { browserZone, exactMoment } from '../ui/time-format.ts'
import { age } from './age.ts'
import { staleOf, troubleOf } from './card-state.ts'
import { LimitRow } from './limit-row.tsx'
import { LimitsLoading } from './limits-loading.tsx'
import { PlanFacts } from './plan-facts.tsx'
import { useRefresh } from './refresh.tsx'
import { StaleNote } from './stale-note.tsx'
import { TroubleNote } from './trouble-note.tsx'
import './limits-card.css'

/** The Claude card: how much of the plan is used, and how far that can be relied on. */
export function LimitsCard() {
  const limits = useLimits()
  const { reading } = limits
  const now = useHubNow(5_000)
  const trouble = troubleOf(limits)
  const zone = browserZone()
  const refresh = useRefresh(limits)
  const shown = trouble?.kind === 'waiting' ? undefined : reading
  return (
    <Panel title="Claude plan" className="limits-card" aside={refresh.button}>
      {trouble !== undefined && trouble.kind !== 'loading' && <TroubleNote trouble={trouble} />}
      {trouble?.kind === 'loading' && <LimitsLoading />}
      {shown !== undefined && <Reading reading={shown} answered={limits.answered} dim={trouble !== undefined} now={now} zone={zone} />}
      {refresh.news}
    </Panel>
  )
}

/** The card, where there is something to show on it. */
export function LimitsCardOnceRead() {
  const { reading, problem } = useLimits()
  return reading === undefined || problem?.nothing ? null : <LimitsCard />
}

interface ReadingProps {
  readonly reading: CurrentLimitReading
  readonly answered: boolean
  readonly dim: boolean
  /** On the hub's clock. */
  readonly now: number
  readonly zone: string
}

function Reading({ reading, answered, dim, now, zone }: ReadingProps) {
  const history = useLimitHistory('recent')
  const rows = rowsOf(reading, now)
  const missing = missingOf(reading)
  const stale = staleOf(reading, now, answered)
  const read = Date.parse(reading.lastUpdated)
  return (
    <div className="limits-reading" data-dim={dim || undefined}>
      {stale !== undefined && <StaleNote stale={stale} collector={reading.collector} now={now} zone={zone} />}
      <PlanFacts reading={reading} />
      <ul className="limits-rows">
        {rows.map((row) => (
          <LimitRow key={row.key} row={row} history={history.data} now={now} zone={zone} />
        ))}
      </ul>
      {missing.length > 0 && (
        <p
          className="small quiet limits-missing"
          title={missing.map(({ label, why }) => `${label}: ${why ?? 'no reason given'}`).join('\n')}
        >
          Not read this time: {missing.map(({ label }) => label).join(', ')}
        </p>
      )}
      <p className="small quiet limits-foot">
        <span>
          Read{' '}
          <time dateTime={reading.lastUpdated} title={exactMoment(read, zone)}>
            {age(now - read)}
          </time>{' '}
          {sourceWords(reading)}
        </span>
        {rows.some(({ state }) => state === 'known') && (
          <span className="limits-key" aria-hidden="true">
            <i /> time passed so far
          </span>
        )}
      </p>
    </div>
  )
}

const sources: Record<string, string> = {
  console: 'from the usage page',
  statusline: 'from a status line',
  'claude-json': 'from Claude Code',
}

function sourceWords({ source, machine_id }: CurrentLimitReading): string {
  const from = sources[source] ?? ''
  return machine_id === undefined ? from : `${from} on ${machine_id}`
}
