import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { CollectorStatus } from '@signalbox/contract/collector'

/** The status file's name, in DATA_DIR. */
export const STATUS_FILE = 'collector.json'

export interface StatusFile {
  readonly now: () => CollectorStatus
  /** The status with the parts as they are now, whether they have been written or not. */
  current(): CollectorStatus
  /** Changes the part about reading transcripts. */
  read(part: Partial<CollectorStatus['read']>): void
  /** Schedules a write because a value of the parts has changed. */
  touch(): void
  /** Writes pending changes with the state `stopped`, and stops. */
  close(): void
}

/** Changes within this time are written together. */
const WRITE_DELAY_MS = 500
/** The least time between two writes while much changes. */
const WRITE_INTERVAL_MS = 5_000
/** The longest time between two writes, so that readers recognise a collector that has died. */
const HEARTBEAT_INTERVAL_MS = 30_000

/**
 * Keeps the status in memory and writes it to its file. A failed write is ignored: the collector goes on without it.
 * @param readParts the parts of the status that other modules keep; called at each write
 */
export function openStatusFile(
  dataDir: string,
  identity: Pick<CollectorStatus, 'machine_id' | 'hub' | 'version' | 'redact_projects'>,
  readParts: () => Pick<CollectorStatus, 'state' | 'pending' | 'set_aside' | 'sent' | 'clock_skew_ms' | 'limits' | 'sessions'>,
): StatusFile {
  const started = new Date().toISOString()
  const status: CollectorStatus = {
    ...identity,
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
  let closed = false

  let writtenAt = Number.NEGATIVE_INFINITY
  const write = () => {
    writtenAt = performance.now()
    clearTimeout(timer)
    timer = setTimeout(write, HEARTBEAT_INTERVAL_MS)
    timer.unref()
    try {
      Object.assign(status, readParts(), { updated_at: new Date().toISOString() }, closed ? { state: 'stopped' } : {})
      mkdirSync(dataDir, { recursive: true })
      writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(status, null, 2)}\n`)
      renameSync(`${file}.${process.pid}`, file)
    } catch {
      // The ledger reports a full disk.
    }
  }
  let scheduled = false
  const touch = () => {
    if (scheduled) return
    scheduled = true
    clearTimeout(timer)
    timer = setTimeout(
      () => {
        scheduled = false
        write()
      },
      Math.max(WRITE_DELAY_MS, writtenAt + WRITE_INTERVAL_MS - performance.now()),
    )
    timer.unref()
  }
  write()
  return {
    now: () => status,
    current: () => ({ ...status, ...readParts() }),
    read(part) {
      Object.assign(status.read, part)
      touch()
    },
    touch,
    close() {
      closed = true
      write()
      clearTimeout(timer)
    },
  }
}
