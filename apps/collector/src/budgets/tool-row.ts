import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BudgetAsk } from '@signalbox/hub-address/budgets-folder'

/** A row is no longer than this for the most part. */
const TAIL_BYTES = 512 * 1024
const LOOK_MS = 10
/** The client writes the row of a tool call before it runs its hooks, those of subagents a moment later. */
const WRITTEN_WITHIN_MS = 400

/** The transcript that has the call: of a subagent, its own. */
export function transcriptOf({ transcript_path, agent_id }: BudgetAsk): string {
  if (agent_id === undefined) return transcript_path
  return path.join(transcript_path.replace(/\.jsonl$/, ''), 'subagents', `agent-${agent_id}.jsonl`)
}

/** Waits until the client has written the call that the hook is about, for a moment. */
export async function waitForToolRow(ask: BudgetAsk, signal: AbortSignal): Promise<void> {
  const { tool_use_id } = ask
  if (tool_use_id === undefined) return
  const file = transcriptOf(ask)
  const startedAt = performance.now()
  while (!signal.aborted && !hasInTail(file, tool_use_id) && performance.now() - startedAt < WRITTEN_WITHIN_MS) await sleep(LOOK_MS)
}

function hasInTail(file: string, text: string): boolean {
  try {
    const handle = fs.openSync(file, 'r')
    try {
      const { size } = fs.fstatSync(handle)
      const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES))
      fs.readSync(handle, bytes, 0, bytes.length, size - bytes.length)
      return bytes.includes(text)
    } finally {
      fs.closeSync(handle)
    }
  } catch {
    return false
  }
}
