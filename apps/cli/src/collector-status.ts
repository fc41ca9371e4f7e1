import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { CollectorStatus } from '@signalbox/contract/collector'
import type { Io } from './io.ts'

/** A running collector writes its status file at least every 30 s. */
const STATUS_FRESH_MS = 100_000

/** The last status written by this machine's collector, and whether it still runs. @returns undefined when none ever ran */
export function readCollectorStatus({ now, system }: Io, dataDir: string): (CollectorStatus & { readonly running: boolean }) | undefined {
  let status: CollectorStatus
  try {
    status = JSON.parse(readFileSync(path.join(dataDir, 'collector.json'), 'utf8')) as CollectorStatus
  } catch {
    return undefined
  }
  const running = status.state !== 'stopped' && now() - Date.parse(status.updated_at) < STATUS_FRESH_MS && system.isRunning(status.pid)
  return { ...status, running }
}
