import fs from 'node:fs'
import path from 'node:path'

/** A row of a transcript, as Claude Code wrote it. */
export type TranscriptRow = Readonly<Record<string, unknown>>

/** Finds the transcript of a session's main conversation; there is none before the first prompt. */
export function findTranscript(config: string, sessionId: string): string | undefined {
  const projects = path.join(config, 'projects')
  if (!fs.existsSync(projects)) return undefined
  return fs
    .readdirSync(projects)
    .map((name) => path.join(projects, name, `${sessionId}.jsonl`))
    .find((file) => fs.existsSync(file))
}

/** Reads the complete rows of a transcript; empty when there is none yet. */
export function readRows(config: string, sessionId: string): TranscriptRow[] {
  const file = findTranscript(config, sessionId)
  if (file === undefined) return []
  const text = fs.readFileSync(file, 'utf8')
  const complete = text.slice(0, text.lastIndexOf('\n') + 1)
  return complete.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as TranscriptRow]))
}
