import fs from 'node:fs'
import path from 'node:path'

/** What all rows of all transcripts say about one message of the API. */
export interface TranscriptMessage {
  /** The sessions in whose files it stands. */
  readonly sessions: ReadonlySet<string>
  /** Whether a row has the final figures, which come with the reason why the model stopped. */
  readonly isFinal: boolean
  /** The output tokens of each row. */
  readonly output: readonly number[]
}

interface Row {
  readonly sessionId?: string
  readonly message?: { readonly id?: string; readonly stop_reason?: string | null; readonly usage?: { readonly output_tokens?: number } }
}

/** Reads every row with a message, by the id of the message: what the ledger could know, read without its code. */
export function readMessages(config: string): Map<string, TranscriptMessage> {
  const messages = new Map<string, { sessions: Set<string>; isFinal: boolean; output: number[] }>()
  for (const row of readAllRows(config)) {
    const { id, stop_reason, usage } = (row as Row).message ?? {}
    if (id === undefined || usage === undefined) continue
    const message = messages.get(id) ?? { sessions: new Set(), isFinal: false, output: [] }
    message.sessions.add((row as Row).sessionId ?? '')
    message.isFinal ||= typeof stop_reason === 'string'
    message.output.push(usage.output_tokens ?? 0)
    messages.set(id, message)
  }
  return messages
}

/** Reads the complete rows of all transcripts below a CLAUDE_CONFIG_DIR, file by file. */
export function* readAllRows(config: string): Generator<Readonly<Record<string, unknown>>> {
  const root = path.join(config, 'projects')
  if (!fs.existsSync(root)) return
  for (const entry of fs.readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.jsonl')) continue
    for (const line of fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8').split('\n')) {
      const row = parse(line)
      if (row !== undefined) yield row
    }
  }
}

/** A client that was killed leaves half a line. */
function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
}
