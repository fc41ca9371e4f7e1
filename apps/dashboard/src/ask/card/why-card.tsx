import type { ReactNode } from 'react'
import { useTool } from '../../hub/assistant.ts'
import { Link } from '../../router/link.tsx'
import { Count, Money } from '../../ui/amount.tsx'
import { Button } from '../../ui/button.tsx'
import { formatExactUsd, formatPercent, formatUsd } from '../../ui/number-format.ts'
import { ShareBar } from '../../ui/share-bar.tsx'
import { browserTimeZone } from '../../ui/time-format.ts'
import { formatGroupNames } from '../../usage/group-name.ts'
import { modelColor } from '../../usage/model-color.ts'
import { t } from '../../words/ask.ts'
import { askQuestions } from '../../words/ask-questions.ts'
import { formatFilters, formatRange } from '../ranges.ts'
import type { CardProps } from './card-props.ts'
import { ToolPanel } from './tool-panel.tsx'

type Sums = { readonly cost_usd: number; readonly total_tokens: number; readonly calls: number }

interface CompareData {
  readonly now: Sums
  readonly before?: Sums
  readonly baseline?: { readonly kind: keyof typeof t.baseline | 'span'; readonly range?: string; readonly until_same_time?: boolean }
  readonly usual_days?: number
  readonly beyond_days?: number
  /** Null where there are too few days to say so. */
  readonly unusual?: boolean | null
  readonly difference_usd?: number
  readonly more_tokens_usd?: number
  readonly dearer_tokens_usd?: number
  readonly reason?: {
    readonly by: keyof typeof t.reasonBy
    readonly parts: readonly { readonly name: string; readonly difference_usd: number }[]
  }
}

/** A span beside another or beside what is usual: the difference, what it is made of, and what explains most of it. */
export function WhyCard({ arguments: args, onAsk }: CardProps) {
  const query = useTool<CompareData>('usage', 'usage_compare', args)
  const why = args.why === true
  const measure = args.measure === 'tokens' ? 'total_tokens' : args.measure === 'calls' ? 'calls' : 'cost_usd'
  const range = formatRange(String(args.range))
  const title = why ? t.compared(range, formatFilters(args)) : t.comparedWith(range, formatFilters(args))
  return (
    <ToolPanel title={title} query={query}>
      {({ data }) => (
        <>
          <p className="figure">
            {measure === 'cost_usd' ? <Money value={data.now.cost_usd} calls={data.now.calls} /> : <Count value={data.now[measure]} />}
            <small>{measure === 'cost_usd' ? t.atListPrice : measure === 'calls' ? t.calls : t.tokens}</small>
          </p>
          <Difference data={data} measure={measure} />
          {data.unusual === null && (
            <>
              <p className="muted">{t.tooFewDays}</p>
              <p>
                <Button onClick={() => onAsk(askQuestions.todayAndYesterday)} lang="en">
                  {askQuestions.todayAndYesterday}
                </Button>
              </p>
            </>
          )}
          {why && measure === 'cost_usd' && <Reasons data={data} />}
          <p className="small">
            <Link to="/usage" search={{ table: data.reason?.by ?? 'model', range: '30d' }}>
              {t.openUsage}
            </Link>
          </p>
        </>
      )}
    </ToolPanel>
  )
}

function Difference({ data, measure }: { readonly data: CompareData; readonly measure: keyof Sums }) {
  const { now, before, baseline, unusual, usual_days: days, beyond_days: beyond = 0 } = data
  if (before === undefined || baseline === undefined) return null
  const difference = measure === 'cost_usd' ? (data.difference_usd ?? 0) : now[measure] - before[measure]
  const size = (value: number) => (measure === 'cost_usd' ? <Money value={value} /> : <Count value={value} />)
  const named =
    baseline.kind !== 'span'
      ? t.baseline[baseline.kind]
      : baseline.until_same_time
        ? t.untilSameTime(formatRange(baseline.range ?? ''))
        : formatRange(baseline.range ?? '')
  const what = (
    <>
      {named} ({size(before[measure])})
    </>
  )
  const share = before[measure] > 0 ? ` (${formatPercent(Math.abs(difference) / before[measure])})` : ''
  return (
    <p className="ask-sentence">
      {difference === 0
        ? t.asMuchAs(what)
        : difference > 0
          ? t.moreThan(size(difference), share, what)
          : t.lessThan(size(-difference), share, what)}
      {unusual === false && <strong> {t.notUnusual}</strong>}
      {unusual === true && days !== undefined && <> {difference > 0 ? t.moreThanOnDays(beyond, days) : t.lessThanOnDays(beyond, days)}</>}
    </p>
  )
}

function Reasons({ data }: { readonly data: CompareData }) {
  const { now, before, difference_usd: difference = 0, more_tokens_usd: volume, dearer_tokens_usd: price, reason } = data
  if (before === undefined || volume === undefined || price === undefined || difference === 0) return null
  const largest = Math.max(Math.abs(volume), Math.abs(price), Number.MIN_VALUE)
  const kinds = [
    { key: 'volume', name: volume < 0 ? t.fewerTokens : t.moreTokens, usd: volume },
    { key: 'price', name: price < 0 ? t.cheaperTokens : t.dearerTokens, usd: price },
  ].sort((a, b) => Math.abs(b.usd) - Math.abs(a.usd))
  const names =
    reason === undefined
      ? []
      : namesOf(
          reason.by,
          reason.parts.map(({ name }) => name),
        )
  return (
    <>
      <ul className="ask-rows" aria-label={t.split}>
        {kinds.map(({ key, name, usd }) => (
          <Part key={key} name={name} usd={usd} share={Math.abs(usd) / largest} />
        ))}
      </ul>
      <dl className="ask-prices small muted">
        {[
          { name: t.now, sums: now },
          { name: t.before, sums: before },
        ].map(({ name, sums: { total_tokens: tokens, cost_usd: cost } }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{t.aMillion(<Count value={tokens} />, tokens === 0 ? '–' : <Money value={(cost / tokens) * 1e6} />)}</dd>
          </div>
        ))}
      </dl>
      {reason === undefined ? (
        <p className="small">{t.noSingleReason}</p>
      ) : (
        <>
          <p className="overline">{t.reasonBy[reason.by]}</p>
          <ul className="ask-rows" aria-label={t.reasonBy[reason.by]}>
            {reason.parts.map(({ name, difference_usd: usd }, index) => (
              <Part
                key={name}
                name={names[index] ?? name}
                usd={usd}
                share={Math.abs(usd) / Math.abs(reason.parts[0]?.difference_usd ?? usd)}
                color={reason.by === 'model' ? modelColor(name) : undefined}
              />
            ))}
          </ul>
        </>
      )}
    </>
  )
}

/** Parts of projects have the last part of their name already. */
function namesOf(by: keyof typeof t.reasonBy, keys: readonly string[]): readonly ReactNode[] {
  return formatGroupNames(by, keys, browserTimeZone())
}

interface PartProps {
  readonly name: ReactNode
  readonly usd: number
  readonly share: number
  readonly color?: string | undefined
}

function Part({ name, usd, share, color }: PartProps) {
  const sign = usd < 0 ? '−' : '+'
  return (
    <li>
      <span className="ask-row-name">{name}</span>
      <data className="ask-row-value" value={usd} title={`${sign}${formatExactUsd(Math.abs(usd))}`}>
        {sign}
        {formatUsd(Math.abs(usd))}
      </data>
      <ShareBar share={share} color={color} />
    </li>
  )
}
