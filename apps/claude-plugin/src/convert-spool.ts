import fs from 'node:fs'
import path from 'node:path'
import type { SessionObservation } from '@signalbox/contract/session-observation'
import { readRegularFile } from '@signalbox/hub-address/regular-file'
import { type ClientSession, clientFile, livesElsewhere, readClientSession } from './client-session.ts'
import { type DataFolder, listFiles, moveDraft, readJson, removeFile, writeDraft } from './data-folder.ts'
import { observeHook, projectOf } from './observe-hook.ts'
import { emptyMemory, type SessionMemory } from './session-memory.ts'
import { parseSpooledEvent, type SpooledEvent } from './spooled-event.ts'
import type { UploadQueue } from './upload-queue.ts'

const MAX_FILES_PER_PASS = 200
const MAX_EVENT_BYTES = 64_000_000
/** A process that writes needs no hour: it was killed in between. */
const ABANDONED_AFTER_MS = 3_600_000
const FORGOTTEN_AFTER_MS = 14 * 24 * 3_600_000

interface Spooled {
  readonly file: string
  readonly at: number
  readonly order: bigint
}

export interface ConvertOptions {
  readonly now: number
  /** Whether no name of a folder may leave this machine. The hub learns the session's project, as a hash, from the collector. */
  readonly redact: boolean
}

/** The memory of a session in its file. */
interface StoredMemory {
  readonly memory: SessionMemory
  /** The events of the last pass, which may be in the spool still after a kill; with their time, because names are used again. */
  readonly done: readonly string[]
}

/**
 * Turns spooled events into observations in the queue, in the order of the events. From here on nothing of what people and
 * models wrote is left on the disk. A process that is killed in between repeats some work, with the same ids.
 * @returns how many files were read
 * @throws Error of the file system; then nothing has changed
 */
export function convertSpool(folder: DataFolder, queue: UploadQueue, { now, redact }: ConvertOptions): number {
  const files = listSpool(folder, now)
  if (files.length === 0) return 0
  const pass = new Pass(folder, redact)
  for (const spooled of files) pass.add(spooled)
  // A full disk shows with the drafts, before anything is in the queue that the next attempt would add again.
  const drafts = pass.writeDrafts()
  try {
    queue.add(pass.observations, now)
  } catch (error) {
    for (const { draft } of drafts) removeFile(draft)
    throw error
  }
  for (const { draft, file } of drafts) {
    try {
      moveDraft(draft, file)
    } catch {
      // The next events of the session are understood with less than could be known.
      removeFile(draft)
    }
  }
  for (const spooled of files) if (!removeFile(spooled.file)) stuck.add(nameAndTime(spooled))
  return files.length
}

/** What was read and cannot be removed, so that it is not read again and again. */
const stuck = new Set<string>()

const nameAndTime = ({ file, order }: Pick<Spooled, 'file' | 'order'>) => `${file} ${order}`

/** Some files of the spool on their way to the queue. */
class Pass {
  readonly observations: SessionObservation[] = []
  readonly #folder: DataFolder
  readonly #stored = new Map<string, StoredMemory>()
  readonly #changed = new Map<string, { memory: SessionMemory; done: string[] }>()
  readonly #clients = new Map<number, ClientSession>()
  /** Events of an earlier pass, which the next one must know too. */
  readonly #again = new Map<string, string[]>()
  readonly #redact: boolean
  constructor(folder: DataFolder, redact: boolean) {
    this.#folder = folder
    this.#redact = redact
  }

  add(spooled: Spooled): void {
    const { file, at } = spooled
    const text = readText(file)
    if (file.endsWith('.observation')) {
      this.observations.push(...parseObservation(text))
      return
    }
    const event = parseSpooledEvent(text, at)
    if (event === undefined) return
    const session = String(event.input.session_id).toLowerCase()
    const stored = this.#memoryOf(session)
    const mark = `${path.basename(file)} ${spooled.order}`
    if (stored.done.includes(mark)) {
      // It is in the spool still, perhaps because it cannot be removed.
      this.#again.set(session, [...(this.#again.get(session) ?? []), mark])
      return
    }
    const { observations, memory } = observeHook(event, this.#changed.get(session)?.memory ?? stored.memory)
    for (const whole of observations) {
      const { project_id, ...rest } = whole
      const observation = this.#redact ? rest : whole
      this.#changed.set(session, { memory, done: [...(this.#changed.get(session)?.done ?? []), mark] })
      if (event.clientPid !== undefined) this.#follow(event.clientPid, event, observation)
      this.observations.push(observation)
    }
  }

  /** Writes what is to be remembered, beside the files whose place it takes: all of it or nothing. @throws Error of the file system */
  writeDrafts(): { readonly draft: string; readonly file: string }[] {
    const texts = [
      ...[...this.#changed].map(([session, { memory, done }]) => {
        const stored: StoredMemory = { memory, done: [...(this.#again.get(session) ?? []), ...done] }
        return [this.#fileOf(session), JSON.stringify(stored)] as const
      }),
      ...[...this.#clients].map(([pid, session]) => [clientFile(this.#folder, pid), JSON.stringify(session)] as const),
    ]
    const drafts: { draft: string; file: string }[] = []
    try {
      for (const [file, text] of texts) drafts.push({ draft: writeDraft(file, text), file })
      return drafts
    } catch (error) {
      for (const { draft } of drafts) removeFile(draft)
      throw error
    }
  }

  #memoryOf(session: string): StoredMemory {
    const known = this.#stored.get(session)
    if (known !== undefined) return known
    const { memory, done } = ((/^[0-9a-f-]{36}$/.test(session) ? readJson(this.#fileOf(session)) : undefined) ??
      {}) as Partial<StoredMemory>
    const stored = { memory: { ...emptyMemory, ...memory }, done: Array.isArray(done) ? done : [] }
    this.#stored.set(session, stored)
    return stored
  }

  #fileOf(session: string): string {
    return path.join(this.#folder.memory, `${session}.json`)
  }

  /** Keeps up which session the process is in. */
  #follow(pid: number, event: SpooledEvent, observation: SessionObservation): void {
    const known = this.#clients.get(pid) ?? readClientSession(this.#folder, pid)
    const { session_id } = observation
    const ended = observation.end !== undefined
    if (known !== undefined && known.session_id !== session_id) {
      const begins = event.input.hook_event_name === 'SessionStart' || event.input.hook_event_name === 'UserPromptSubmit'
      // A late event of a session that the process has left.
      if (ended || !(known.ended || begins)) return
      if (!known.ended) this.#endLeft(known, pid, observation.at)
    }
    this.#clients.set(pid, { session_id, project_id: this.#redact ? undefined : projectOf(event), ended, at: event.at })
  }

  /**
   * A process goes on with another session and has not said that the first one has ended: old versions announce a fork with
   * the id of its original. The original may live in another process.
   */
  #endLeft({ session_id, project_id }: ClientSession, pid: number, at: string): void {
    if (livesElsewhere(this.#folder, session_id, pid, this.#clients)) return
    this.observations.push({
      observation_id: `hook:${session_id}:left:${pid}:${Math.floor(Date.parse(at) / 10_000)}`,
      session_id,
      source: 'hook',
      at,
      ...(project_id === undefined ? {} : { project_id }),
      end: { outcome: 'completed', reason: 'other' },
    })
  }
}

/** Whether something waits to be converted. */
export function isSpoolEmpty({ spool }: DataFolder): boolean {
  return !listFiles(spool).some((name) => isComplete(name) && !isStuck(path.join(spool, name)))
}

/** The files of each folder that this plugin writes, and after how long without a change they are of no use. No other is touched. */
const leftovers = (folder: DataFolder): readonly (readonly [place: string, name: RegExp, uselessAfterMs: number])[] => [
  [folder.root, /^(?:lock\.\d+|contact\.json\.\d+|sender)\.\d+\.part$/, ABANDONED_AFTER_MS],
  [folder.spool, /^\d+-*(?:\d+|\.observation\.\d+\.\d+)?\.part$/, ABANDONED_AFTER_MS],
  [folder.queue, /^\d{15,}-\d{6,}-\d+\.jsonl\.\d+\.\d+\.part$/, ABANDONED_AFTER_MS],
  [folder.alive, /^[0-9a-f-]{36}\.json\.\d+\.\d+\.part$/, ABANDONED_AFTER_MS],
  [folder.clients, /^\d+\.json\.\d+\.\d+\.part$/, ABANDONED_AFTER_MS],
  [folder.memory, /^[0-9a-f-]{36}\.json\.\d+\.\d+\.part$/, ABANDONED_AFTER_MS],
  [folder.clients, /^\d+\.json$/, FORGOTTEN_AFTER_MS],
  [folder.memory, /^[0-9a-f-]{36}\.json$/, FORGOTTEN_AFTER_MS],
]

/** Removes what processes have left that were killed, and what no session needs any more. */
export function sweep(folder: DataFolder, now: number): void {
  for (const [place, pattern, uselessAfterMs] of leftovers(folder)) {
    for (const name of listFiles(place)) {
      if (!pattern.test(name)) continue
      const file = path.join(place, name)
      const changed = fs.lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now
      if (now - changed > uselessAfterMs) removeFile(file)
    }
  }
}

const isComplete = (name: string) => name.endsWith('.event') || name.endsWith('.observation')

/** The oldest files. The time of change has nanoseconds, and rename keeps it. */
function listSpool({ spool }: DataFolder, now: number): Spooled[] {
  return listFiles(spool)
    .filter(isComplete)
    .flatMap((name) => {
      const file = path.join(spool, name)
      const stats = fs.lstatSync(file, { bigint: true, throwIfNoEntry: false })
      if (stats === undefined || stuck.has(nameAndTime({ file, order: stats.mtimeNs }))) return []
      return { file, order: stats.mtimeNs, at: Math.min(now, Number(stats.mtimeNs / 1_000_000n)) }
    })
    .sort((one, other) => (one.order < other.order ? -1 : one.order > other.order ? 1 : one.file < other.file ? -1 : 1))
    .slice(0, MAX_FILES_PER_PASS)
}

function isStuck(file: string): boolean {
  if (stuck.size === 0) return false
  const order = fs.lstatSync(file, { bigint: true, throwIfNoEntry: false })?.mtimeNs
  return order === undefined || stuck.has(nameAndTime({ file, order }))
}

function parseObservation(text: string): SessionObservation[] {
  try {
    return [JSON.parse(text) as SessionObservation]
  } catch {
    return []
  }
}

function readText(file: string): string {
  try {
    return readRegularFile(file, MAX_EVENT_BYTES).text
  } catch {
    return ''
  }
}
