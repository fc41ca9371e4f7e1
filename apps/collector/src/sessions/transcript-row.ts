import { shortText, toSessionName } from './process-file.ts'

/** What a row says about the turn. `note`: nothing, but the client is running. */
export type TurnStep = 'prompt' | 'working' | 'asking' | 'ended' | 'failed' | 'interrupted' | 'note'

/** The facts of a transcript's row that are needed here; never a text of the conversation. */
export interface TranscriptRow {
  /** Milliseconds since 1970. */
  readonly at?: number | undefined
  readonly step?: TurnStep | undefined
  /** Of a failed turn. */
  readonly error?: string | undefined
  /** Of a turn that has ended. */
  readonly durationMs?: number | undefined
  readonly model?: string | undefined
  readonly branch?: string | undefined
  readonly version?: string | undefined
  readonly entrypoint?: string | undefined
  readonly cwd?: string | undefined
  readonly effort?: string | undefined
  readonly permissionMode?: string | undefined
  /** A name that a person gave. */
  readonly name?: string | undefined
  readonly contextTokens?: number | undefined
  /** Why the conversation was compacted. */
  readonly compacted?: string | undefined
  /** The client's own sums, its last row when it ends. */
  readonly isCostState?: boolean
  /** A subagent whose result is here. */
  readonly endedAgent?: string | undefined
}

type Fields = Record<string, unknown>

/** Rows that are longer are not parsed: they are results of tools. */
const MAX_PARSED_BYTES = 256 * 1024
/** Rows of these types begin with it, and all others with something else. */
const TYPE_FIRST = Buffer.from('{"type":"')
const wantedTypeFirst = new Set(['user', 'assistant', 'system', 'permission-mode', 'custom-title', 'cost-state'])
const ATTACHMENT = Buffer.from('"attachment":{')
/** Where an attachment says that it is one. */
const HEAD_BYTES = 400

/** Reads a row. @returns undefined when it says nothing that is needed, which most bytes of a transcript do not */
export function readRow(line: Buffer): TranscriptRow | undefined {
  if (line.length < 2) return undefined
  if (startsWith(line, TYPE_FIRST)) {
    const end = line.indexOf(0x22, TYPE_FIRST.length)
    if (!wantedTypeFirst.has(line.toString('latin1', TYPE_FIRST.length, end))) return undefined
  } else if (line.subarray(0, HEAD_BYTES).includes(ATTACHMENT)) return undefined
  if (line.length > MAX_PARSED_BYTES) return { step: 'working' }
  let value: unknown
  try {
    value = JSON.parse(line.toString('utf8'))
  } catch {
    return undefined
  }
  const row = fieldsOf(value)
  if (row === undefined) return undefined
  if (row.type === 'permission-mode') return { permissionMode: shortText(row.permissionMode, 50) }
  if (row.type === 'custom-title') return { name: toSessionName(row.customTitle) }
  if (row.type === 'cost-state') return { isCostState: true }
  // Rows of a subagent that older versions wrote into the main transcript.
  if (row.isSidechain === true) return undefined
  const specific = row.type === 'user' ? readUser(row) : row.type === 'assistant' ? readAssistant(row) : readSystem(row)
  return specific === undefined ? undefined : { ...readCommon(row), ...specific }
}

function startsWith(line: Buffer, prefix: Buffer): boolean {
  return line.length > prefix.length && line.compare(prefix, 0, prefix.length, 0, prefix.length) === 0
}

function readCommon(row: Fields): TranscriptRow {
  const at = typeof row.timestamp === 'string' ? Date.parse(row.timestamp) : Number.NaN
  return {
    at: Number.isNaN(at) ? undefined : at,
    // Claude Code writes HEAD where there is no repository.
    branch: row.gitBranch === 'HEAD' ? undefined : shortText(row.gitBranch, 200),
    version: shortText(row.version, 50),
    entrypoint: shortText(row.entrypoint, 50),
    cwd: typeof row.cwd === 'string' && row.cwd !== '' ? row.cwd : undefined,
  }
}

/** Texts that the client writes for its own commands; they begin no turn. */
const LOCAL_COMMAND = /^<(local-command|command-name|command-message|bash-input|bash-stdout|bash-stderr)/
const INTERRUPTED = '[Request interrupted by user'

function readUser(row: Fields): TranscriptRow {
  const permissionMode = shortText(row.permissionMode, 50)
  const result = fieldsOf(row.toolUseResult)
  const endedAgent = result?.status === 'completed' ? shortText(result.agentId, 100) : undefined
  const content = fieldsOf(row.message)?.content
  const texts =
    typeof content === 'string' ? [content] : Array.isArray(content) ? content.flatMap((part) => fieldsOf(part)?.text ?? []) : []
  const [text = ''] = texts.filter((text) => typeof text === 'string') as string[]
  if (text.startsWith(INTERRUPTED)) return { step: 'interrupted', permissionMode }
  if (Array.isArray(content) && content.some((part) => fieldsOf(part)?.type === 'tool_result')) {
    return { step: 'working', permissionMode, endedAgent }
  }
  if (text.startsWith('<task-notification>')) {
    return { step: 'working', permissionMode, endedAgent: /<task-id>([\w-]{1,100})<\/task-id>/.exec(text.slice(0, 500))?.[1] }
  }
  if (row.isMeta === true || row.isCompactSummary === true || LOCAL_COMMAND.test(text)) return { step: 'note', permissionMode }
  return { step: 'prompt', permissionMode }
}

/** Tools that ask the person. */
const askingTools = new Set(['AskUserQuestion', 'ExitPlanMode'])

function readAssistant(row: Fields): TranscriptRow {
  const message = fieldsOf(row.message)
  const model = shortText(message?.model, 200)
  if (row.isApiErrorMessage === true) return { step: 'failed', error: shortText(row.error, 100) ?? 'unknown' }
  // An answer that the client made up itself.
  if (model === '<synthetic>') return { step: 'note' }
  const facts = { model, effort: shortText(row.effort, 50), contextTokens: readContext(fieldsOf(message?.usage)) }
  const content = Array.isArray(message?.content) ? message.content.map(fieldsOf) : []
  if (content.some((part) => part?.type === 'tool_use' && askingTools.has(String(part.name)))) return { ...facts, step: 'asking' }
  const stop = message?.stop_reason
  const isOver = stop !== null && stop !== undefined && stop !== 'tool_use' && stop !== 'pause_turn'
  return { ...facts, step: isOver ? 'ended' : 'working' }
}

function readContext(usage: Fields | undefined): number | undefined {
  if (usage === undefined) return undefined
  const sum = [usage.input_tokens, usage.cache_creation_input_tokens, usage.cache_read_input_tokens]
    .map((count) => (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : 0))
    .reduce((a, b) => a + b, 0)
  return sum === 0 ? undefined : sum
}

function readSystem(row: Fields): TranscriptRow | undefined {
  if (row.type !== 'system') return undefined
  if (row.subtype === 'turn_duration') return { durationMs: countOf(row.durationMs) ?? 0 }
  if (row.subtype !== 'compact_boundary') return { step: 'note' }
  const compaction = fieldsOf(row.compactMetadata)
  return { compacted: shortText(compaction?.trigger, 50) ?? 'unknown', contextTokens: countOf(compaction?.postTokens) }
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 && value < 1e12 ? Math.round(value) : undefined
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}
