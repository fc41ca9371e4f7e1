import { useTool } from '../../hub/assistant.ts'
import { Link } from '../../router/link.tsx'
import { Count, Money } from '../../ui/amount.tsx'
import { Button } from '../../ui/button.tsx'
import { ShareBar } from '../../ui/share-bar.tsx'
import { browserTimeZone } from '../../ui/time-format.ts'
import { formatGroupNames, type GroupKey } from '../../usage/group-name.ts'
import { modelColor } from '../../usage/model-color.ts'
import type { TableGroup, UsageSearch } from '../../usage/usage-search.ts'
import { t } from '../../words/ask.ts'
import { askQuestions } from '../../words/ask-questions.ts'
import { formatFilters, formatRange } from '../ranges.ts'
import { type CardProps, textOf } from './card-props.ts'
import { ToolPanel } from './tool-panel.tsx'

/** Rows of the panel; Usage has them all. */
const MAX_ROWS = 24

interface Sums {
  readonly cost_usd: number | null
  readonly total_tokens: number
  readonly calls: number
  readonly unpriced_calls?: number
}

interface UsageData {
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly group?: GroupKey | undefined
  readonly totals: Sums
  readonly rows?: readonly (Sums & Readonly<Record<string, unknown>>)[]
  readonly left_out?: { readonly rows: number }
}

/** The usage of a range: its sum, and its rows by time or by name. */
export function UsageCard({ arguments: args, onAsk }: CardProps) {
  const query = useTool<UsageData>('usage', 'usage_report', args)
  const range = formatRange(String(args.range))
  const measure = args.measure === 'tokens' || args.measure === 'calls' ? args.measure : 'cost'
  const by = (t.by as Readonly<Record<string, string>>)[String(args.group)]
  const title = t.usageOf(range, [by, formatFilters(args)].filter(Boolean).join(' · '))
  return (
    <ToolPanel title={title} query={query}>
      {({ data: { totals, group, rows = [], left_out, since, until } }) => {
        if (totals.calls === 0 && totals.total_tokens === 0) {
          return (
            <>
              <p className="muted">{t.noUsageIn(range)}</p>
              <p>
                <Button onClick={() => onAsk(askQuestions.spentInMonth)} lang="en">
                  {askQuestions.spentInMonth}
                </Button>
              </p>
            </>
          )
        }
        const shown = rows.slice(-MAX_ROWS)
        const rest = rows.length - shown.length + (left_out?.rows ?? 0)
        return (
          <>
            <p className="figure">
              <Amount sums={totals} measure={measure} />
              <small>{measure === 'cost' ? t.atListPrice : measure === 'tokens' ? t.tokens : t.calls}</small>
            </p>
            <p className="small muted ask-facts">
              {measure !== 'cost' && <Money value={totals.cost_usd} calls={totals.calls} />}
              {measure !== 'tokens' && (
                <span>
                  <Count value={totals.total_tokens} /> {t.tokens}
                </span>
              )}
              {measure !== 'calls' && (
                <span>
                  <Count value={totals.calls} /> {t.calls}
                </span>
              )}
            </p>
            {group !== undefined && <Rows group={group} rows={shown} measure={measure} />}
            {rest > 0 && <p className="small muted">{t.moreRows(rest)}</p>}
            {(totals.unpriced_calls ?? 0) > 0 && <p className="small muted">{t.callsWithoutPrice(totals.unpriced_calls ?? 0)}</p>}
            <p className="small">
              <Link to="/usage" search={toSearch(args, { since, until, group })}>
                {t.openUsage}
              </Link>
            </p>
          </>
        )
      }}
    </ToolPanel>
  )
}

type Measure = 'cost' | 'tokens' | 'calls'

function Amount({ sums: { cost_usd, total_tokens, calls }, measure }: { readonly sums: Sums; readonly measure: Measure }) {
  return measure === 'cost' ? <Money value={cost_usd} calls={calls} /> : <Count value={measure === 'tokens' ? total_tokens : calls} />
}

function Rows({
  group,
  rows,
  measure,
}: {
  readonly group: GroupKey
  readonly rows: UsageData['rows'] & object
  readonly measure: Measure
}) {
  const keys = rows.map((row) => String(row[group] ?? ''))
  const names = formatGroupNames(group, keys, browserTimeZone())
  const sizes = rows.map(({ cost_usd, total_tokens, calls }) =>
    measure === 'cost' ? (cost_usd ?? 0) : measure === 'tokens' ? total_tokens : calls,
  )
  const highest = Math.max(...sizes, Number.MIN_VALUE)
  return (
    <ul className="ask-rows" aria-label={t.by[group as keyof typeof t.by]}>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two keys are the same where both were shortened
        <li key={`${keys[index]} ${index}`} title={keys[index]}>
          <span className="ask-row-name">{names[index]}</span>
          <span className="ask-row-value">
            <Amount sums={row} measure={measure} />
          </span>
          <ShareBar share={(sizes[index] ?? 0) / highest} color={group === 'model' ? modelColor(keys[index] ?? '') : undefined} />
        </li>
      ))}
    </ul>
  )
}

/** The same on the screen of usage, which has days and no instants. */
function toSearch(args: CardProps['arguments'], { since, until, group }: Pick<UsageData, 'since' | 'until' | 'group'>): UsageSearch {
  const isDays = since?.length === 10
  const filters = Object.fromEntries((['project', 'model', 'machine'] as const).map((name) => [name, textOf(args, name)]))
  const isTime = group === 'hour' || group === 'day' || group === 'week' || group === 'month'
  return {
    ...(since === undefined
      ? { range: 'all' as const }
      : isDays
        ? { since, ...(until === undefined ? {} : { until }) }
        : { range: 'today' as const }),
    ...filters,
    ...(group === undefined ? {} : { table: isTime ? ('time' as const) : (group as TableGroup) }),
  }
}
