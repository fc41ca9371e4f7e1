import type { ReactNode } from 'react'
import type { CheckSums, SessionCheck } from '../hub/answer.ts'
import { checkReasonDetails, formatCheckReason, hasNothing, useUsageCheck } from '../hub/usage-check.ts'
import { formatModelName } from '../ui/model-name.ts'
import { formatCompact, formatExact, formatExactUsd, formatUsd } from '../ui/number-format.ts'
import { Panel } from '../ui/panel.tsx'
import { Scroller } from '../ui/scroller.tsx'
import { t } from '../words/session.ts'
import './verification-panel.css'

/** What each source has of a session's tokens and cost, side by side, and why they differ. Absent without any. */
export function VerificationPanel({ session }: { readonly session: string }) {
  const check = useUsageCheck(session).data
  if (check === undefined || hasNothing(check)) return null
  return (
    <Panel title={t.verification} className="verification" aside={<Verdict check={check} />}>
      <Sources check={check} />
      {check.reasons.length > 0 && (
        <ul className="verification-reasons small" aria-label={t.whySourcesDiffer}>
          {check.reasons.map((reason) => (
            <li key={JSON.stringify(reason)}>
              <b>{formatCheckReason(reason)}</b> <span className="muted">{checkReasonDetails[reason.reason]}</span>
            </li>
          ))}
        </ul>
      )}
      <Models check={check} />
      <p className="small muted">{t.listPriceEquivalentYour}</p>
    </Panel>
  )
}

/** Whether what is counted is exact, as far as any source knows. */
function Verdict({ check: { open_calls: open, reasons, recorded, telemetry } }: { readonly check: SessionCheck }) {
  if (open > 0) {
    return (
      <span className="small verdict" data-verdict="open">
        {t.callsWithoutFinalFigures(open)}
      </span>
    )
  }
  const odd = reasons.find(({ reason }) => reason === 'odd')
  if (odd !== undefined) {
    return (
      <span className="small verdict" data-verdict="open">
        ≥ {formatCheckReason(odd)}
      </span>
    )
  }
  const isSame = (recorded !== null || telemetry !== null) && reasons.length === 0
  return (
    <span className="small verdict" data-verdict="whole">
      {isSame ? t.allSourcesHaveSame : t.noCallLacksIts}
    </span>
  )
}

interface Line {
  readonly name: string
  readonly note?: string
  /** Null where the source has nothing. */
  readonly sums: CheckSums | null
  readonly kind?: 'difference' | 'counted'
}

function Sources({ check }: { readonly check: SessionCheck }) {
  const { rows, recorded, telemetry, difference, telemetry_difference, counted } = check
  const lines: Line[] = [
    { name: t.transcript, note: t.callCount(check.calls), sums: rows },
    { name: t.claudeCodesRecord, sums: recorded },
    ...(difference === null ? [] : [{ name: t.beyondTranscript, sums: difference, kind: 'difference' as const }]),
    { name: t.telemetry, note: t.callCount(check.telemetry_calls), sums: telemetry },
    ...(telemetry_difference === null ? [] : [{ name: t.beyondTranscript, sums: telemetry_difference, kind: 'difference' as const }]),
    { name: t.countedLabel, sums: counted, kind: 'counted' },
  ]
  return (
    <Scroller label={t.whatEachSourceHas} className="verification-table">
      <table>
        <thead>
          <tr>
            <th scope="col">{t.sourceLabel}</th>
            <th scope="col">{t.input}</th>
            <th scope="col">{t.output}</th>
            <th scope="col">{t.cacheWrites}</th>
            <th scope="col">{t.cacheReads}</th>
            <th scope="col">{t.cost}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ name, note, sums, kind }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines have a fixed order
            <tr key={index} data-kind={kind}>
              <th scope="row">
                {name} {note !== undefined && sums !== null && <span className="muted">{note}</span>}
              </th>
              {sums === null ? (
                <td colSpan={5} className="muted">
                  {t.nothing}
                </td>
              ) : (
                <>
                  {[sums.input, sums.output, sums.write, sums.read].map((count, nth) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: the classes have a fixed order
                    <td key={nth}>{renderCount(count, kind)}</td>
                  ))}
                  <td>{renderCost(sums.cost_usd, kind)}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}

function Models({ check: { models, recorded, telemetry } }: { readonly check: SessionCheck }) {
  const sources = [
    { name: 'transcript', of: (model: SessionCheck['models'][number]) => model.rows },
    ...(recorded === null ? [] : [{ name: 'record', of: (model: SessionCheck['models'][number]) => model.recorded }]),
    ...(telemetry === null ? [] : [{ name: 'telemetry', of: (model: SessionCheck['models'][number]) => model.telemetry }]),
  ]
  return (
    <Scroller label={t.whatEachSourceHasBy} className="verification-table">
      <table>
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>
              {t.model}
            </th>
            <th scope="colgroup" colSpan={sources.length}>
              {t.tokens}
            </th>
            <th scope="colgroup" colSpan={sources.length}>
              {t.cost}
            </th>
          </tr>
          <tr>
            {['tokens', 'cost'].flatMap((what) =>
              sources.map(({ name }) => (
                <th scope="col" key={`${what} ${name}`}>
                  {name}
                </th>
              )),
            )}
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <tr key={model.model}>
              <th scope="row" title={model.model}>
                {formatModelName(model.model)}
              </th>
              {sources.map(({ name, of }) => (
                <td key={name}>{renderTokens(of(model))}</td>
              ))}
              {sources.map(({ name, of }) => (
                <td key={name}>{of(model) === null ? dash : renderCost(of(model)!.cost_usd)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}

const dash = <span className="muted">–</span>

function renderTokens(sums: CheckSums | null): ReactNode {
  return sums === null ? dash : renderCount(sums.input + sums.output + sums.write + sums.read)
}

/** Exact, because the point is whether sources have the same; of large counts the short form, with the exact one on hover. */
function renderCount(count: number, kind?: Line['kind']): ReactNode {
  if (kind === 'difference' && count === 0) return dash
  const size = Math.abs(count)
  const text = size < SHORTENED_FROM ? formatExact(size) : formatCompact(size)
  return (
    <data value={count} title={formatExact(count)}>
      {signOf(count, kind)}
      {text}
    </data>
  )
}

/** Counts with more digits than this would widen the table beyond a phone. */
const SHORTENED_FROM = 10_000_000

function renderCost(cost: number | null, kind?: Line['kind']): ReactNode {
  if (cost === null) return <span className="muted">{t.unknown}</span>
  // Claude Code adds dollars up as floating-point numbers.
  if (Math.abs(cost) < 1e-9) return kind === 'difference' ? dash : formatUsd(0)
  return (
    <data value={cost} title={formatExactUsd(cost)}>
      {signOf(cost, kind)}
      {formatUsd(Math.abs(cost))}
    </data>
  )
}

function signOf(value: number, kind: Line['kind']): string {
  return value < 0 ? '−' : kind === 'difference' ? '+' : ''
}
