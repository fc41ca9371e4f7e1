import fs from 'node:fs'
import path from 'node:path'
import { readSettings } from '@signalbox/contract/setting'
import type { Call } from '@signalbox/intent/call'
import type { Io } from '../io.ts'

const fileOf = ({ env }: Io) => path.join(readSettings(env, ['DATA_DIR']).DATA_DIR, 'last-question.json')

/** What was asked before, for `--continue`: the call, never the words of the question. */
export function readPreviousCall(io: Io): Call | undefined {
  try {
    const { tool, arguments: args } = JSON.parse(fs.readFileSync(fileOf(io), 'utf8')) as Partial<Call>
    return typeof tool === 'string' && typeof args === 'object' && args !== null ? { tool, arguments: args } : undefined
  } catch {
    return undefined
  }
}

/** Without a folder that can be written there are no follow-ups; the answer is there all the same. */
export function savePreviousCall(io: Io, call: Call): void {
  try {
    fs.mkdirSync(path.dirname(fileOf(io)), { recursive: true })
    fs.writeFileSync(fileOf(io), JSON.stringify(call), { mode: 0o600 })
  } catch {}
}
