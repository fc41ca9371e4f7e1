import fs from 'node:fs'
import type { Call, ParseContext } from '../src/call.ts'

/** A question with what it should become; without a call it must not be answered. */
export interface Asked {
  readonly question: string
  readonly wanted: Call | undefined
}

/** The world of the demo, on a Friday at 17:10 in Berlin. */
export const demoContext: ParseContext = {
  now: Date.parse('2026-11-27T16:10:00Z'),
  timezone: 'Europe/Berlin',
  vocabulary: {
    projects: ['platform-web', 'timetable-api', 'signal-firmware', 'ticket-machine', 'ops-notebooks'],
    machines: ['ada-laptop', 'grace-desktop', 'rack-1', 'rack-2'],
    models: ['claude-opus-5-5', 'claude-fable-5-2', 'claude-sonnet-5', 'claude-haiku-4-5'],
    sessions: ['8c1f4f3e-1111-4111-8111-111111111111', 'b11405cb-1111-4111-8111-111111111111'],
  },
}

/** A header, and of each question set, tool, arguments as JSON, and words, between tabs. */
export function readQuestions(file: string | URL): Asked[] {
  const rows = fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(1)
  return rows.map((row) => {
    const [, tool = '', args = '{}', question = ''] = row.split('\t')
    return { question, wanted: tool === 'none' ? undefined : { tool, arguments: JSON.parse(args) as Call['arguments'] } }
  })
}

/** The same for calls with the same arguments in another order. */
export function toKey(call: Call | undefined): string {
  return call === undefined ? 'none' : JSON.stringify([call.tool, Object.entries(call.arguments).sort(([a], [b]) => (a < b ? -1 : 1))])
}
