import fs from 'node:fs'
import path from 'node:path'
import { tempFolder } from '../../../../test/support/temp.ts'

/** A call as a transcript has it; of its classes of tokens only output is not 0, so that sums show which calls are in them. */
export interface WrittenCall {
  /** How long ago, in milliseconds; or an instant. */
  readonly ago?: number
  readonly at?: string
  readonly session?: string
  readonly cwd?: string
  readonly branch?: string
  readonly model?: string
  readonly output: number
}

/** Makes a folder whose `claude/projects/p/<session>.jsonl` have these calls; for tests. */
export function writeCalls(calls: readonly WrittenCall[], folder = tempFolder()): string {
  const now = Date.now()
  for (const [nth, call] of calls.entries()) {
    const { ago = 0, at, session = 's', cwd = '/home/u/shop', branch = 'main', model = 'claude-opus-5-5', output } = call
    appendRows(folder, session, {
      type: 'assistant',
      timestamp: at ?? new Date(now - ago).toISOString(),
      uuid: `uuid-${nth}`,
      sessionId: session,
      cwd,
      gitBranch: branch,
      message: { id: `msg_${nth}`, model, stop_reason: 'end_turn', usage: { input_tokens: 0, output_tokens: output } },
    })
  }
  return folder
}

/** Appends rows to the transcript of a session. */
export function appendRows(folder: string, session: string, ...rows: readonly object[]): void {
  const file = path.join(folder, 'claude', 'projects', 'p', `${session}.jsonl`)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.appendFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
}
