import { currentKey } from '@signalbox/usage/call-key'
import { type MergeableCall, mergeCalls } from '@signalbox/usage/call-merge'
import type Database from 'better-sqlite3'
import { type Rekeyed, rekeyedText } from '../../usage/rekeyed.ts'

/** A call that may be merged: its numbers, and the texts that the winner rule compares. */
interface CopiedCall extends MergeableCall {
  readonly at: number
  readonly call_id: number
  readonly session: number
  readonly machine: number
  readonly project: number
  readonly branch: number
  readonly place: number
  readonly kind: number
  readonly version_number: number
  readonly agent_number: number
}

/** The slices of a session in a quarter hour that have one place and one kind. */
type SliceGroup = readonly [quarter: number, session: number, place: number, kind: number]

/**
 * Copies calls to `new_call` with the keys of December 2026, and merges those that become one by the winner rule.
 * @returns makes the roll-ups exact again, once the calls have their indexes
 */
export function copyCalls(db: Database.Database, log: (message: string) => void): () => void {
  db.function('current_key', { deterministic: true }, (key) => currentKey(key as string)?.key ?? null)
  db.function('former_request', { deterministic: true }, (key) => currentKey(key as string)?.requestId || null)
  const { repeated, ...counts } = findRepeated(db)
  if (counts.calls === 0) return () => {}
  log(`Giving ${counts.calls.toLocaleString('en')} calls of the hub database their new keys; this happens once`)
  db.exec(`
    INSERT INTO new_call (call_id, key, at, session, place, kind, version, agent_id, request_id, is_sidechain, input, output, write_5m,
      write_1h, read, web_searches)
    SELECT call_id, coalesce(current_key(key), key), at, session, place, kind, version, agent, former_request(key), is_sidechain, input,
      output, write_5m, write_1h, read, web_searches
    FROM call ORDER BY call_id`)
  const touched = new Map<string, SliceGroup>()
  const merge = merger(db)
  let merged = 0
  for (const ids of repeated) {
    for (const group of merge(ids)) touched.set(group.join(), group)
    merged += ids.length - 1
  }
  return () => {
    if (merged > 0) {
      rebuildSlices(db, [...touched.values()])
      // Days are rolled up again when they are next read.
      db.exec('DELETE FROM day; DELETE FROM day_offset; UPDATE usage_state SET revision = revision + 1')
    }
    log(rekeyedText({ ...counts, merged }))
  }
}

/** @returns the ids of calls that become one, in the order in which they arrived, and how many calls there are */
function findRepeated(db: Database.Database): Omit<Rekeyed, 'merged'> & { repeated: Iterable<number[]> } {
  const repeated = new Map<string, number[]>()
  let [calls, foreign, lastId] = [0, 0, 0]
  let last: string | undefined
  const add = (key: string, ids: number[]) => repeated.set(key, [...new Set([...(repeated.get(key) ?? []), ...ids])])
  // Keys with the same message id follow each other.
  for (const [former, id] of db.prepare('SELECT key, call_id FROM call ORDER BY key').raw().iterate() as Iterable<[string, number]>) {
    calls++
    const key = currentKey(former)?.key
    if (key === undefined) foreign += former.includes(':') ? 1 : 0
    else if (key === last) add(key, [lastId, id])
    last = key
    lastId = id
  }
  // A client that is no collector may have sent the message id alone.
  const alone = `SELECT one.key, one.call_id, other.call_id FROM call AS one JOIN call AS other ON other.key >= one.key || ':'
    AND other.key < one.key || ';' WHERE instr(one.key, ':') = 0 AND current_key(other.key) = one.key`
  for (const [key, ...ids] of db.prepare(alone).raw().all() as [string, number, number][]) add(key, ids)
  return { calls, foreign, repeated: [...repeated.values()].map((ids) => ids.sort((a, b) => a - b)) }
}

const textColumns = {
  session_id: 'session',
  cwd: 'place.project',
  git_branch: 'place.branch',
  model: 'kind.model',
  speed: 'kind.speed',
  service_tier: 'kind.service_tier',
  inference_geo: 'kind.inference_geo',
  version: 'new_call.version',
  agent_id: 'new_call.agent_id',
}
const copiedCalls = `
  SELECT call_id, key, request_id, at, session, new_call.place, new_call.kind, version AS version_number, agent_id AS agent_number,
    is_sidechain, machine, project, branch, input, output, write_5m, write_1h, read, web_searches,
    ${Object.entries(textColumns).map(([field, number]) => `(SELECT text FROM name WHERE name_id = ${number}) AS ${field}`)}
  FROM new_call JOIN place ON place_id = new_call.place JOIN kind ON kind_id = new_call.kind WHERE call_id = ?`

/** @returns merges calls, given in the order in which they arrived, into the first; it returns the slices of each and of the merged call */
function merger(db: Database.Database): (ids: readonly number[]) => SliceGroup[] {
  const select = db.prepare<[number], Record<string, unknown>>(copiedCalls)
  const remove = db.prepare('DELETE FROM new_call WHERE call_id = ?')
  const addPlace = db.prepare('INSERT INTO place (machine, project, branch) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
  const findPlace = db.prepare<number[], number>('SELECT place_id FROM place WHERE machine = ? AND project = ? AND branch = ?').pluck()
  const update = db.prepare(`
    UPDATE new_call SET request_id = @request_id, at = @at, session = @session, place = @place, kind = @kind,
      version = @version_number, agent_id = @agent_number, is_sidechain = @side, input = @input, output = @output, write_5m = @write_5m,
      write_1h = @write_1h, read = @read, web_searches = @web_searches
    WHERE call_id = @call_id`)
  return (ids) => {
    const records = ids.map((id) => copiedCall(select.get(id)!))
    const best = records.reduce((a, b) => mergeCalls(a, b))
    // The machine of a call is the one that reported it first.
    const [{ call_id, machine }] = records as [CopiedCall]
    const place = [machine, best.project, best.branch]
    addPlace.run(...place)
    const session = records.find(({ session_id }) => session_id === best.session_id)!.session
    const merged = { ...best, call_id, session, place: findPlace.get(...place)! }
    for (const id of ids) if (id !== call_id) remove.run(id)
    const { request_id = null, web_searches = null, is_sidechain } = merged
    update.run({ ...merged, request_id, web_searches, is_sidechain: null, side: is_sidechain ? 1 : 0 })
    return [...records, merged].map(groupOf)
  }
}

function copiedCall(row: Record<string, unknown>): CopiedCall {
  const known = Object.entries(row).filter(([, value]) => value !== null)
  return { ...Object.fromEntries(known), is_sidechain: row.is_sidechain === 1 } as unknown as CopiedCall
}

function groupOf({ at, session, place, kind }: CopiedCall): SliceGroup {
  return [Math.floor(at / 900_000), session, place, kind]
}

/** Calculates slices again from their calls. */
function rebuildSlices(db: Database.Database, groups: readonly SliceGroup[]): void {
  const thresholds = JSON.parse(
    (db.prepare("SELECT value FROM meta WHERE name = 'thresholds'").pluck().get() as string | undefined) ?? '[]',
  ) as number[]
  const band = thresholds.map((above) => `(input + write_5m + write_1h + read > ${above})`).join(' + ') || '0'
  const remove = db.prepare('DELETE FROM slice WHERE quarter = ? AND session = ? AND place = ? AND kind = ?')
  const add = db.prepare(`
    INSERT INTO slice
    SELECT at / 900000, session, place, kind, ${band} AS of_band, count(*), sum(input), sum(output), sum(write_5m), sum(write_1h), sum(read),
      sum(coalesce(web_searches, 0)), 0, 0, min(at), max(at)
    FROM call WHERE session = @session AND at >= @from AND at < @to AND place = @place AND kind = @kind GROUP BY of_band`)
  for (const [quarter, session, place, kind] of groups) {
    remove.run(quarter, session, place, kind)
    add.run({ session, place, kind, from: quarter * 900_000, to: (quarter + 1) * 900_000 })
  }
}
