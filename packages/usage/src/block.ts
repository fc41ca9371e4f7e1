import type { UsageRow } from '@signalbox/contract/usage'
import type { PriceTable } from './price-table.ts'
import type { Slice } from './slice.ts'
import { addSlice, emptySums, finishSums, type Sums } from './sums.ts'
import { HOUR, MINUTE } from './zone.ts'

/** How long the plan's window and a block of our own are, in milliseconds. */
export const BLOCK = 5 * HOUR

/** The plan's window as a limit reading names it. */
export interface BlockWindow {
  /** Milliseconds; the window is the five hours before it. */
  readonly resetsAt: number
}

export interface BlockOptions {
  readonly table: PriceTable
  /** Milliseconds; without it no block is active. */
  readonly now?: number | undefined
  readonly window?: BlockWindow | undefined
}

/** A block while it is added up; times in milliseconds, `end` exclusive. */
export interface Block {
  readonly start: number
  end: number
  readonly measured: boolean
  readonly gap: boolean
  readonly sums: Sums
}

/**
 * The five-hour blocks of all calls, oldest first, with a row for every gap between two of them.
 * A block begins at the UTC hour of its first call and holds [start, start + 5 h); the first call after it begins the
 * next. Where a limit reading tells the real window, that window is a block of its own and is measured: an estimated
 * block before it ends where it begins. A measured window that is open now is there even without calls.
 * @param slices in any order; one that lies across the edge of a block counts where its first call is. A reset may be at
 * any millisecond, so whoever wants each call where it belongs cuts slices at both ends of the window.
 */
export function blocks(slices: Iterable<Slice>, options: BlockOptions): UsageRow[] {
  return addUpBlocks(slices, options).map((block) => finishBlock(block, options.now))
}

export function addUpBlocks(slices: Iterable<Slice>, { table, now, window }: BlockOptions): Block[] {
  const known: Block | undefined = window && {
    start: window.resetsAt - BLOCK,
    end: window.resetsAt,
    measured: true,
    gap: false,
    sums: emptySums(),
  }
  const found: Block[] = []
  let current: Block | undefined
  for (const slice of sorted(slices)) {
    const at = slice.first_at
    if (known && at >= known.start && at < known.end) {
      addSlice(known.sums, table, slice)
      continue
    }
    if (current === undefined || at >= current.end) {
      // After a block that began within an hour, the hour of the next call may lie before that block's end.
      const taken = Math.max(current?.end ?? 0, known && at >= known.end ? known.end : 0)
      const start = Math.max(Math.floor(at / HOUR) * HOUR, taken)
      const end = known && at < known.start ? Math.min(start + BLOCK, known.start) : start + BLOCK
      current = { start, end, measured: false, gap: false, sums: emptySums() }
      found.push(current)
    }
    addSlice(current.sums, table, slice)
  }
  if (known && (known.sums.models.size > 0 || isWithin(known, now))) {
    found.push(known)
    found.sort((a, b) => a.start - b.start)
  }
  return found.flatMap((block, index) => {
    const before = found[index - 1]
    if (before === undefined || before.end >= block.start) return [block]
    return [{ start: before.end, end: block.start, measured: false, gap: true, sums: emptySums() }, block]
  })
}

export function finishBlock(block: Block, now: number | undefined): UsageRow {
  const { start, end, gap, measured, sums } = block
  const active = !gap && isWithin(block, now)
  const row: UsageRow = {
    start: new Date(start).toISOString(),
    ...finishSums(sums),
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
  // One call is not a rate; several within seconds would be an absurd one.
  if (!(sums.last_at > sums.first_at)) return {}
  const minutes = Math.max(1, (sums.last_at - sums.first_at) / MINUTE)
  const remaining = Math.max(0, (end - now) / MINUTE)
  const grown = 1 + remaining / minutes
  return {
    burn_rate: { tokens_per_minute: row.total_tokens / minutes, cost_per_minute: row.cost_usd === null ? null : row.cost_usd / minutes },
    projection: {
      total_tokens: Math.round(row.total_tokens * grown),
      cost_usd: row.cost_usd === null ? null : row.cost_usd * grown,
      remaining_minutes: remaining,
    },
  }
}

function isWithin({ start, end }: Block, now: number | undefined): boolean {
  return now !== undefined && now >= start && now < end
}

function sorted(slices: Iterable<Slice>): Slice[] {
  const list = [...slices]
  for (let index = 1; index < list.length; index++) {
    if (list[index]!.first_at < list[index - 1]!.first_at) return list.sort((a, b) => a.first_at - b.first_at)
  }
  return list
}
