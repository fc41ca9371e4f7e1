import { useState } from 'react'
import { useUsage } from '../hub/usage.ts'
import { Count, Money } from '../ui/amount.tsx'
import { whyAtLeast } from '../ui/at-least.ts'
import { Button } from '../ui/button.tsx'
import { Moment } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { Scroller } from '../ui/scroller.tsx'
import { StatusIndicator } from '../ui/status-indicator.tsx'
import { formatDuration, formatWeekdayAndDay } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/usage.ts'
import { buildBlockSpans } from './block-span.ts'
import { describeBlock } from './block-text.ts'
import { addDays } from './calendar.ts'
import { endOfDay, startOfDay } from './day-start.ts'
import { PanelLoading } from './panel-loading.tsx'
import type { UsageView } from './use-usage-view.ts'
import './blocks-panel.css'

const DAYS = 7
const INITIAL_BLOCKS = 5

/** The 5-hour blocks of a week: when they were and what each cost. */
export function BlocksPanel({ view }: { readonly view: UsageView }) {
  const { base, today, zone, range } = view
  const last = range.until !== undefined && range.until < today ? range.until : today
  const first = addDays(last, 1 - DAYS)
  const report = useUsage({ ...base, group: 'block', since: first, ...(last === today ? {} : { until: last }) })
  const [all, setAll] = useState(false)
  const now = useNow(60_000)
  const rows = report.data?.rows ?? []
  const blocks = rows.filter((row) => !row.is_gap).reverse()

  return (
    <Panel
      title={t.fiveHourBlocks}
      aside={
        <span className="small muted">{blocks.some((block) => block.measured) ? t.activeBlockMeasuredOthers : t.estimatedFromCalls}</span>
      }
    >
      {report.data === undefined ? (
        <PanelLoading report={report} label={t.loadingBlocks} />
      ) : (
        <div className="blocks">
          <div className="block-days" aria-hidden="true">
            {Array.from({ length: DAYS }, (_, index) => {
              const day = addDays(first, index)
              const [from, to] = [startOfDay(day, zone), endOfDay(day, zone)]
              return (
                <div className="block-day" key={day}>
                  <span className="small muted">{formatWeekdayAndDay(day)}</span>
                  <span className="block-line">
                    {buildBlockSpans(rows, from, to).map((span) => (
                      <i
                        key={span.start}
                        data-active={span.active || undefined}
                        style={{ left: `${span.left * 100}%`, width: `${span.width * 100}%` }}
                        title={describeBlock(span, zone)}
                      />
                    ))}
                  </span>
                </div>
              )
            })}
          </div>
          {blocks.length === 0 ? (
            <p className="muted">{t.noBlocksInThese}</p>
          ) : (
            <Scroller className="block-list" label={t.blocks}>
              <table className="figures">
                <thead>
                  <tr>
                    <th scope="col">{t.started}</th>
                    <th scope="col">{t.cost}</th>
                    <th scope="col">{t.tokens}</th>
                    <th scope="col">{t.calls}</th>
                  </tr>
                </thead>
                <tbody>
                  {blocks.slice(0, all ? undefined : INITIAL_BLOCKS).map((block) => (
                    <tr key={block.start}>
                      <th scope="row">
                        <Moment at={block.start ?? ''} zone={zone} />
                        {block.is_active && (
                          <span className="block-active">
                            <StatusIndicator color="green" />
                            <span>
                              {t.activeLeft(
                                block.measured && t.measured,
                                formatDuration(Date.parse(block.end ?? '') - now),
                                block.burn_rate?.cost_per_minute != null &&
                                  t.perHour(<Money value={block.burn_rate.cost_per_minute * 60} atLeast={whyAtLeast(block)} />),
                              )}
                            </span>
                          </span>
                        )}
                      </th>
                      <td>
                        <Money value={block.cost_usd} calls={block.calls} atLeast={whyAtLeast(block)} />
                      </td>
                      <td>
                        <Count value={block.total_tokens} atLeast={whyAtLeast(block)} />
                      </td>
                      <td>
                        <Count value={block.calls} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              {blocks.length > INITIAL_BLOCKS && (
                <Button variant="bare" aria-expanded={all} onClick={() => setAll(!all)}>
                  {all ? t.showFewer : t.showAll(blocks.length)}
                </Button>
              )}
            </Scroller>
          )}
        </div>
      )}
    </Panel>
  )
}
