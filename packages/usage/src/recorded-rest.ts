import { NOT_ITEMISED, type Tokens } from './call.ts'
import type { MergeableCall } from './call-merge.ts'
import { readModelName } from './model-name.ts'

/*
 * What Claude Code has recorded for a session beyond the rows of its transcript, `cost-state`, was worked out by a machine that knows the
 * transcript alone. Telemetry itemises some of it: calls that stand in no row, and what a row lacks. That part is taken off.
 */

/** The keys of what was recorded for a session begin with this. */
export function recordedPrefix(session: string): string {
  return `${NOT_ITEMISED}:${session}:`
}

export function isRecorded({ source }: Pick<MergeableCall, 'source'>): boolean {
  return source === NOT_ITEMISED
}

/** A part of what a session used for a model. */
export type Itemised = Tokens & { readonly model: string; readonly web_searches?: number | undefined }

/** What a finished call has more than its rows. */
export function moreThanRows(finished: Itemised, rows: Itemised): Itemised {
  const more = (name: keyof Tokens) => Math.max(0, finished[name] - rows[name])
  return {
    model: finished.model,
    input: more('input'),
    output: more('output'),
    write_5m: more('write_5m'),
    write_1h: more('write_1h'),
    read: more('read'),
  }
}

interface Pool {
  input: number
  output: number
  /** All cache writes: the kinds of the recorded ones may be worked out. */
  writes: number
  write_1h: number
  read: number
  web_searches: number
}

/**
 * Takes what telemetry itemises off the records of one session, earliest record first, never below 0.
 * @returns the records in any order; one from which nothing is taken is itself
 */
export function takeItemised<C extends MergeableCall>(records: readonly C[], itemised: readonly Itemised[]): C[] {
  const pools = addUp(itemised)
  return [...records].sort(byTime).map((record) => {
    const pool = pools.get(readModelName(record.model).id)
    return pool === undefined ? record : takeFrom(pool, record)
  })
}

function byTime(a: MergeableCall, b: MergeableCall): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1
  return a.key < b.key ? -1 : 1
}

function addUp(itemised: readonly Itemised[]): Map<string, Pool> {
  const pools = new Map<string, Pool>()
  for (const { model, input, output, write_5m, write_1h, read, web_searches = 0 } of itemised) {
    const { id } = readModelName(model)
    const pool = pools.get(id) ?? { input: 0, output: 0, writes: 0, write_1h: 0, read: 0, web_searches: 0 }
    pools.set(id, pool)
    pool.input += input
    pool.output += output
    pool.writes += write_5m + write_1h
    pool.write_1h += write_1h
    pool.read += read
    pool.web_searches += web_searches
  }
  return pools
}

function takeFrom<C extends MergeableCall>(pool: Pool, record: C): C {
  const rest = (name: keyof Pool, amount: number) => {
    const taken = Math.min(pool[name], amount)
    pool[name] -= taken
    return amount - taken
  }
  const writes = rest('writes', record.write_5m + record.write_1h)
  const write_1h = Math.min(writes, rest('write_1h', record.write_1h))
  const left = {
    input: rest('input', record.input),
    output: rest('output', record.output),
    write_5m: writes - write_1h,
    write_1h,
    read: rest('read', record.read),
    ...(record.web_searches === undefined ? {} : { web_searches: rest('web_searches', record.web_searches) }),
  }
  const isSame = Object.entries(left).every(([name, value]) => record[name as keyof typeof left] === value)
  return isSame ? record : { ...record, ...left }
}
