import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { CollectorState, CollectorStatus } from '@signalbox/contract/collector'

/** The file, in DATA_DIR, that says how the collector is. */
export const STATUS_FILE = 'collector.json'

type Part<N extends 'read' | 'sent'> = Partial<CollectorStatus[N]>

export interface StatusKeeper {
  readonly now: () => CollectorStatus
  state(state: CollectorState): void
  read(part: Part<'read'>): void
  sent(part: Part<'sent'>): void
  /** Something of `counts` is another. */
  touch(): void
  /** Writes what is not written yet, and stops. */
  close(): void
}

/** Changes within this time, in milliseconds, are written together. */
const TOGETHER = 500
/** At least this often, so that a reader can tell a living collector from a dead one. */
const BEAT = 30_000

/** Keeps the status and writes it to a file; that the file cannot be written is not worth stopping for. */
export function keepStatus(
  dataDir: string,
  first: Pick<CollectorStatus, 'machine_id' | 'hub' | 'version'>,
  counts: () => Pick<CollectorStatus, 'pending' | 'set_aside' | 'limits'>,
): StatusKeeper {
  const started = new Date().toISOString()
  const status: CollectorStatus = {
    ...first,
    state: 'starting',
    pid: process.pid,
    started_at: started,
    updated_at: started,
    pending: 0,
    set_aside: 0,
    read: { transcripts: 0, calls_new: 0, watching: false },
    sent: { calls: 0, failures: 0 },
  }
  const file = path.join(dataDir, STATUS_FILE)
  let timer: NodeJS.Timeout | undefined

  const write = () => {
    clearTimeout(timer)
    timer = setTimeout(write, BEAT)
    timer.unref()
    try {
      Object.assign(status, counts(), { updated_at: new Date().toISOString() })
      mkdirSync(dataDir, { recursive: true })
      writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(status, null, 2)}\n`)
      renameSync(`${file}.${process.pid}`, file)
    } catch {
      // A full disk is told where it matters: by the ledger.
    }
  }
  let soon = false
  const touch = () => {
    if (soon) return
    soon = true
    clearTimeout(timer)
    timer = setTimeout(() => {
      soon = false
      write()
    }, TOGETHER)
    timer.unref()
  }
  write()
  return {
    now: () => status,
    state(state) {
      if (status.state === state) return
      status.state = state
      touch()
    },
    read(part) {
      Object.assign(status.read, part)
      touch()
    },
    sent(part) {
      Object.assign(status.sent, part)
      touch()
    },
    touch,
    close() {
      status.state = 'stopped'
      write()
      clearTimeout(timer)
    },
  }
}
