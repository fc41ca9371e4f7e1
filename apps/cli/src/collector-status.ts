import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { CollectorStatus } from '@signalbox/contract/collector'

/** A running collector writes at least every half minute. */
const FRESH = 100_000

/** What the collector of this machine last said of itself, and whether it still runs; undefined when none ever ran. */
export function readCollectorStatus(dataDir: string, now: number): (CollectorStatus & { readonly running: boolean }) | undefined {
  let status: CollectorStatus
  try {
    status = JSON.parse(readFileSync(path.join(dataDir, 'collector.json'), 'utf8')) as CollectorStatus
  } catch {
    return undefined
  }
  const running = status.state !== 'stopped' && now - Date.parse(status.updated_at) < FRESH && isAlive(status.pid)
  return { ...status, running }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
