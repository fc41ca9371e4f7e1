import type { Store } from './open-store.ts'

/**
 * Which session made a call that several have, because a fork or a resumed session begins with copies of another's records. All
 * functions that write run inside a transaction of the caller.
 */
export interface Sessions {
  /** Since when a session has existed, in milliseconds since 1970; undefined when it is not known. */
  since(session: string): number | undefined
  /** Notes the age of a transcript: `<session>.jsonl`. */
  addFile(path: string, born: number): void
  /** Notes that a session has a copy of a call; or that it made the call, as a row in another session says. */
  addCopy(key: string, session: string, isNamed: boolean): void
  /** The calls of which a further copy was found since the last time, each with the session that made it. */
  takeOwners(): [key: string, session: string][]
}

const TRANSCRIPT = /[\\/]([0-9a-f]{8}-[0-9a-f-]{27})\.jsonl$/i

export function openSessions(store: Store): Sessions {
  const since = store.prepare<[string], number>('SELECT since FROM sessions WHERE session = ?').pluck()
  const age = store.prepare(
    'INSERT INTO sessions (session, since) VALUES (?, ?) ON CONFLICT DO UPDATE SET since = min(since, excluded.since) WHERE since > excluded.since',
  )
  const add = store.prepare(
    `INSERT INTO copies (key, session, named, settled) VALUES (?, ?, ?, 0)
     ON CONFLICT DO UPDATE SET named = 1, settled = 0 WHERE named < excluded.named`,
  )
  // A session exists at least since the first call that it made for sure: one that no other has, or that a row says it made.
  const ownRows = store.prepare<[string], { session: string; at: number }>(
    `WITH asked AS MATERIALIZED (SELECT value FROM json_each(?))
     SELECT session, min(at) AS at FROM (
       SELECT places.session, calls.at FROM calls JOIN places ON places.id = calls.place
       WHERE places.session IN (SELECT value FROM asked) AND calls.key NOT IN (SELECT key FROM copies)
       UNION ALL
       SELECT copies.session, calls.at FROM copies JOIN calls ON calls.key = copies.key
       WHERE copies.named = 1 AND copies.session IN (SELECT value FROM asked)
     ) GROUP BY session`,
  )
  // What a new copy says of the age of a session decides about its other copies, too.
  const copies = store.prepare<[], { key: string; session: string; named: number; at: number }>(
    `SELECT copies.key, session, named, at FROM copies JOIN calls ON calls.key = copies.key WHERE copies.key IN (
       SELECT key FROM copies WHERE session IN (
         SELECT session FROM copies WHERE key IN (SELECT key FROM copies WHERE settled = 0)))`,
  )
  const files = store.prepare<[], { path: string; born: number }>('SELECT path, born FROM files')
  const settle = store.prepare('UPDATE copies SET settled = 1 WHERE settled = 0')
  return {
    since: (session) => since.get(session),
    addFile(path, born) {
      const session = TRANSCRIPT.exec(path)?.[1]
      if (session !== undefined) age.run(session, Math.floor(born))
    },
    addCopy: (key, session, isNamed) => void add.run(key, session, isNamed ? 1 : 0),
    takeOwners() {
      const found = copies.all()
      if (found.length === 0) return []
      settle.run()
      const all = JSON.stringify([...new Set(found.map(({ session }) => session))])
      const own = new Map(ownRows.all(all).map(({ session, at }) => [session, at]))
      for (const [session, at] of own) age.run(session, at)
      const born = new Map(files.all().map(({ path, born }) => [TRANSCRIPT.exec(path)?.[1], born]))
      let isAnyLate = false
      const candidates = new Map<string, Candidate>()
      const owners = new Map<string, Owner>()
      for (const { key, session, named, at } of found) {
        let candidate = candidates.get(session)
        if (candidate === undefined) {
          const ownSince = own.get(session)
          const isLate = ownSince !== undefined && (born.get(session) ?? 0) > ownSince
          candidate = { session, since: since.get(session) ?? Number.POSITIVE_INFINITY, hasOwn: ownSince !== undefined, isLate }
          candidates.set(session, candidate)
          isAnyLate ||= isLate
        }
        const known = owners.get(key)
        const owner = { ...candidate, at, isNamed: named === 1 }
        if (known === undefined || isBefore(owner, known)) owners.set(key, owner)
      }
      // What was decided stays so when the original gets calls of its own later.
      for (const { session, at, hasOwn, isNamed } of owners.values()) if (!hasOwn && !isNamed && isAnyLate) age.run(session, at)
      return [...owners].map(([key, { session }]) => [key, session])
    },
  }
}

/** Whether a copy of a call was found whose session is not decided. */
export function hasUnsettledCopies(store: Store): boolean {
  return store.prepare('SELECT 1 FROM copies WHERE settled = 0 LIMIT 1').get() !== undefined
}

interface Candidate {
  readonly session: string
  /** Since when it has existed, as far as its file and its own calls say. */
  readonly since: number
  /** Whether it made calls for sure. */
  readonly hasOwn: boolean
  /** Whether its file is younger than its first own call: it was copied, and the times of files say nothing. */
  readonly isLate: boolean
}

interface Owner extends Candidate {
  /** The time of the call. */
  readonly at: number
  /** Whether a row says that it made the call. */
  readonly isNamed: boolean
}

/** Whether `a` made a call rather than `b`. */
function isBefore(a: Owner, b: Owner): boolean {
  if (a.isNamed !== b.isNamed) return a.isNamed
  if (a.hasOwn !== b.hasOwn) {
    const [active, ended] = a.hasOwn ? [a, b] : [b, a]
    // A fork goes on with calls of its own after what it has copied; the original may have ended before.
    if (active.isLate && active.since > active.at) return ended === a
  }
  return a.since === b.since ? a.session < b.session : a.since < b.since
}
