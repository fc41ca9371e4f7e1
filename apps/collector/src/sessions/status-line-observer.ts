import { createHash } from 'node:crypto'
import type { SessionObservation } from '@signalbox/contract/session-observation'
import type { SpooledLine, StatusLineSpool } from '../status-line-spool.ts'
import { readStatusLineFacts, type StatusLineFacts } from './status-line-fields.ts'

/** Where a status line belongs. */
export interface StatusLinePlace {
  readonly project: string | undefined
  /** The line shows that the session lives: nothing else does. */
  readonly isProof: boolean
}

export interface StatusLineObserverOptions {
  readonly spool: StatusLineSpool
  /** @param saved called when the observation is on disk */
  readonly put: (observation: SessionObservation, saved?: () => void) => void
  /** @returns undefined when the line says nothing about a session that is known or runs */
  readonly place: (session: string, at: number, folder: string | undefined) => StatusLinePlace | undefined
  readonly now: () => number
}

/** What was written down last about a session. */
interface Written {
  readonly base: Pick<SessionObservation, 'session_id' | 'source' | 'project_id' | 'alive' | 'fields'>
  /** What makes a difference, as text. */
  readonly text: string
  /** When it was written down, by the clock of this machine. */
  readonly at: number
  isSaved: boolean
}

/** A session is written down at most this often. */
const INTERVAL_MS = 2_000
const MAX_REMEMBERED_SESSIONS = 2_000

/**
 * Makes observations of the status lines of Claude Code. A line stays in the spool until what it says is on disk, so a
 * collector that is killed loses nothing; the next one derives the same id from it.
 */
export class StatusLineObserver {
  readonly #options: StatusLineObserverOptions
  readonly #written = new Map<string, Written>()

  constructor(options: StatusLineObserverOptions) {
    this.#options = options
  }

  /** Reads what is in the spool. Of several lines of a session, the newest says all. */
  read(): void {
    const { spool, now } = this.#options
    const newest = new Map<string, { readonly line: SpooledLine; readonly facts: StatusLineFacts }>()
    const replaced: SpooledLine[] = []
    for (const line of spool.read('sessions', now()) ?? []) {
      const facts = readStatusLineFacts(line.content)
      const before = facts && newest.get(facts.session)
      if (before !== undefined) replaced.push(before.line)
      if (facts === undefined) replaced.push(line)
      else newest.set(facts.session, { line, facts })
    }
    for (const { line, facts } of newest.values()) this.#observe(line, facts)
    for (const line of replaced) line.remove()
  }

  /** Writes down once more what is known about living sessions: it is so now. */
  reportAgain(sessions: readonly string[]): void {
    const now = this.#options.now()
    for (const session of sessions) {
      const known = this.#written.get(session)
      if (known !== undefined) this.#options.put({ ...known.base, ...identify(known.base, now) })
    }
  }

  #observe(line: SpooledLine, { session, folder, fields }: StatusLineFacts): void {
    const { put, place, now } = this.#options
    const found = place(session, line.at, folder)
    if (found === undefined) {
      line.remove()
      return
    }
    const base = {
      session_id: session,
      source: 'statusline' as const,
      ...(found.project === undefined ? {} : { project_id: found.project }),
      ...(found.isProof ? { alive: true } : {}),
      fields,
    }
    const text = JSON.stringify(base)
    const known = this.#written.get(session)
    if (known?.text === text) {
      if (known.isSaved) line.remove()
      return
    }
    const elapsed = known === undefined ? INTERVAL_MS : now() - known.at
    // The line is read again, unless a newer one replaces it.
    if (elapsed >= 0 && elapsed < INTERVAL_MS) return
    const written: Written = { base, text, at: now(), isSaved: false }
    this.#written.delete(session)
    this.#written.set(session, written)
    for (const oldest of this.#written.keys()) {
      if (this.#written.size <= MAX_REMEMBERED_SESSIONS) break
      this.#written.delete(oldest)
    }
    put({ ...base, ...identify(base, line.at) }, () => {
      written.isSaved = true
    })
  }
}

function identify({ session_id, fields }: Written['base'], at: number): Pick<SessionObservation, 'observation_id' | 'at'> {
  const digest = createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 12)
  return { observation_id: `statusline:${session_id}:${at}:${digest}`, at: new Date(at).toISOString() }
}
