import fs from 'node:fs'
import path from 'node:path'
import type { LimitPoint } from '@signalbox/contract/limit-history'

const HOUR = 3_600_000
/** What tokens weigh towards a limit, as their prices do. */
const weights = { input_tokens: 1, cache_creation_input_tokens: 1.25, cache_read_input_tokens: 0.1, output_tokens: 5 }
/** The fullest of the windows. */
const FULLEST_PERCENT = 90

interface RecordedCall {
  readonly at: number
  readonly weight: number
}

/**
 * The 5-hour limits that real transcripts would have shown: each window begins with a call, at the full hour. The size of the
 * plan is not in them, so the fullest window is taken as nearly full.
 */
export function recordedLimits(folder: string): LimitPoint[] {
  const windows: { end: number; calls: { at: number; total: number }[] }[] = []
  for (const { at, weight } of readCalls(folder)) {
    const last = windows.at(-1)
    if (last !== undefined && at < last.end) last.calls.push({ at, total: last.calls.at(-1)!.total + weight })
    else windows.push({ end: Math.floor(at / HOUR) * HOUR + 5 * HOUR, calls: [{ at, total: weight }] })
  }
  const fullest = Math.max(...windows.map(({ calls }) => calls.at(-1)!.total))
  return windows.flatMap(({ end, calls }) =>
    calls.map(({ at, total }) => ({
      at: new Date(at).toISOString(),
      percentageUsed: Math.floor((FULLEST_PERCENT * total) / fullest),
      resetsAt: new Date(end).toISOString(),
    })),
  )
}

function readCalls(folder: string): RecordedCall[] {
  const calls = new Map<string, RecordedCall>()
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.jsonl')) continue
    for (const line of fs.readFileSync(path.join(folder, name), 'utf8').split('\n')) {
      if (!line.includes('"usage"')) continue
      const call = readCall(line)
      if (call !== undefined) calls.set(call.id, call)
    }
  }
  return [...calls.values()].sort((a, b) => a.at - b.at)
}

function readCall(line: string): (RecordedCall & { readonly id: string }) | undefined {
  try {
    const { timestamp, message } = JSON.parse(line)
    const at = Date.parse(timestamp)
    if (Number.isNaN(at) || typeof message?.id !== 'string' || typeof message.usage !== 'object') return undefined
    const weight = Object.entries(weights).reduce((sum, [name, one]) => sum + one * (Number(message.usage[name]) || 0), 0)
    return { id: message.id, at, weight }
  } catch {
    return undefined
  }
}
