import type { UsageRow } from '@signalbox/contract/usage'
import type { PriceTable } from './price-table.ts'
import type { Slice } from './slice.ts'
import { addSlice, emptySums, type Sums, toTotals } from './sums.ts'
import { HOUR, MINUTE } from './zone.ts'

/** The length of the plan's window and of estimated blocks, in milliseconds. */
export const BLOCK_MS = 5 * HOUR

/** The five-hour window of the plan, from a limits snapshot. */
export interface BlockWindow {
  /** Milliseconds since 1970; the window is the five hours before. */
  readonly resetsAt: number
}

export interface BlockOptions {
  readonly table: PriceTable
  /** Milliseconds since 1970; without it no block is active. */
  readonly now?: number | undefined
  readonly window?: BlockWindow | undefined
  /** Whether estimated output counts like any other. */
  readonly withEstimates?: boolean | undefined
}

/** A block with its accumulator; times are milliseconds since 1970, `end` is exclusive. */
export interface Block {
  readonly start: number
  end: number
  readonly measured: boolean
  readonly gap: boolean
  readonly sums: Sums
}

/**
 * Builds the rows of the five-hour blocks of Claude Code's calls, oldest first, with a row for every gap between two blocks. Where
 * a filter leaves only calls of another agent, the blocks are of those, and none is measured: the window is that of Claude's plan.
 * A block begins at the UTC hour of its first call and covers [start, start + 5 h); the first call after it begins the next
 * one. A measured window of the plan is a block of its own, and an estimated block before it ends where the window begins.
 * A measured window that is open now has a block even without calls.
 * @param slices in any order; a slice that crosses the edge of a block counts where its first call is. A reset can be at any
 * millisecond, so callers that need exact blocks cut slices at both ends of the window
 */
export function blocks(slices: Iterable<Slice>, options: BlockOptions): UsageRow[] {
  return buildBlocks(slices, options).map((block) => toBlockRow(block, options.now))
}

export function buildBlocks(all: Iterable<Slice>, { table, now, window: planWindow, withEstimates }: BlockOptions): Block[] {
  const { slices, isOfPlan } = ofOneAgent(all)
  const window = isOfPlan ? planWindow : undefined
  const measured: Block | undefined = window && {
    start: window.resetsAt - BLOCK_MS,
    end: window.resetsAt,
    measured: true,
    gap: false,
    sums: emptySums(),
  }
  const blocks: Block[] = []
  let current: Block | undefined
  for (const slice of sortByTime(slices)) {
    const at = slice.first_at
    if (measured && at >= measured.start && at < measured.end) {
      addSlice(measured.sums, table, slice, undefined, withEstimates)
      continue
    }
    if (current === undefined || at >= current.end) {
      // The full hour of the call can lie before the end of the former block, because that may end within the hour.
      const earliest = Math.max(current?.end ?? 0, measured && at >= measured.end ? measured.end : 0)
      const start = Math.max(Math.floor(at / HOUR) * HOUR, earliest)
      const end = measured && at < measured.start ? Math.min(start + BLOCK_MS, measured.start) : start + BLOCK_MS
      current = { start, end, measured: false, gap: false, sums: emptySums() }
      blocks.push(current)
    }
    addSlice(current.sums, table, slice, undefined, withEstimates)
  }
  if (measured && (measured.sums.models.size > 0 || isWithin(measured, now))) {
    blocks.push(measured)
    blocks.sort((a, b) => a.start - b.start)
  }
  return blocks.flatMap((block, index) => {
    const before = blocks[index - 1]
    if (before === undefined || before.end >= block.start) return [block]
    return [{ start: before.end, end: block.start, measured: false, gap: true, sums: emptySums() }, block]
  })
}

export function toBlockRow(block: Block, now: number | undefined, maxParts?: number): UsageRow {
  const { start, end, gap, measured, sums } = block
  const active = !gap && isWithin(block, now)
  const row: UsageRow = {
    start: new Date(start).toISOString(),
    ...toTotals(sums, undefined, maxParts),
    ...(sums.models.size === 0
      ? {}
      : { first_call_at: new Date(sums.first_at).toISOString(), last_call_at: new Date(sums.last_at).toISOString() }),
    end: new Date(end).toISOString(),
    is_active: active,
    is_gap: gap,
    measured,
  }
  return active ? { ...row, ...forecast(row, block, now!) } : row
}

function forecast(row: UsageRow, { end, sums }: Block, now: number): Pick<UsageRow, 'burn_rate' | 'projection'> {
  // One call has no rate, and several calls within seconds would give an absurd one.
  if (!(sums.last_at > sums.first_at)) return {}
  const minutes = Math.max(1, (sums.last_at - sums.first_at) / MINUTE)
  const remaining = Math.max(0, (end - now) / MINUTE)
  const growth = 1 + remaining / minutes
  return {
    burn_rate: { tokens_per_minute: row.total_tokens / minutes, cost_per_minute: row.cost_usd === null ? null : row.cost_usd / minutes },
    projection: {
      total_tokens: Math.round(row.total_tokens * growth),
      cost_usd: row.cost_usd === null ? null : row.cost_usd * growth,
      remaining_minutes: remaining,
    },
  }
}

function isWithin({ start, end }: Block, now: number | undefined): boolean {
  return now !== undefined && now >= start && now < end
}

/** Calls of other agents use no limit of Claude's plan. */
function ofOneAgent(all: Iterable<Slice>): { slices: readonly Slice[]; isOfPlan: boolean } {
  const slices = [...all]
  const own = slices.filter(({ agent }) => agent === '')
  const isOfPlan = own.length > 0 || slices.length === 0
  return { slices: isOfPlan ? own : slices, isOfPlan }
}

function sortByTime(slices: Iterable<Slice>): Slice[] {
  const list = [...slices]
  for (let index = 1; index < list.length; index++) {
    if (list[index]!.first_at < list[index - 1]!.first_at) return list.sort((a, b) => a.first_at - b.first_at)
  }
  return list
}
