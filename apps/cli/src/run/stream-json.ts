import { StringDecoder } from 'node:string_decoder'

/** What a run learns from one line of `--output-format stream-json`. Names, figures and reasons only; never what was said or done. */
export type StreamFact =
  | {
      readonly kind: 'init'
      readonly sessionId?: string
      readonly model?: string
      readonly version?: string
      readonly permissionMode?: string
    }
  | {
      readonly kind: 'answer'
      readonly sessionId?: string
      readonly model?: string
      readonly contextTokens?: number
      readonly tools: readonly ToolUse[]
    }
  | { readonly kind: 'tool-results'; readonly results: readonly ToolResult[] }
  | { readonly kind: 'compacted' }
  | { readonly kind: 'limit'; readonly limitedUntil: number | undefined }
  | {
      readonly kind: 'result'
      readonly sessionId?: string
      /** Undefined for a turn that ended well. */
      readonly error: string | undefined
      readonly durationMs?: number
      readonly costUsd?: number
      readonly tokens?: Tokens
      readonly contextLimit?: number
    }

export interface ToolUse {
  readonly id: string
  readonly name: string
  /** The call that started the subagent in which it happens. */
  readonly parent?: string
}

export interface ToolResult {
  readonly id: string
  readonly failed: boolean
}

export interface Tokens {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
}

/** A longer line is passed over: it is a file or a picture, and memory belongs to the program that runs. */
const MAX_LINE_BYTES = 4_000_000

/** Splits pieces of a stream into lines. @returns a function that takes the next piece */
export function lineReader(onLine: (line: string) => void): (piece: Buffer) => void {
  const decoder = new StringDecoder('utf8')
  let parts: string[] = []
  let length = 0
  return (piece) => {
    const [first = '', ...rest] = decoder.write(piece).split('\n')
    length += first.length
    if (length <= MAX_LINE_BYTES) parts.push(first)
    else parts = []
    for (const next of rest) {
      if (length <= MAX_LINE_BYTES && length > 0) onLine(parts.join(''))
      parts = [next]
      length = next.length
    }
  }
}

/** @returns undefined for a line that says nothing here, or is not JSON */
export function readStreamLine(line: string): StreamFact | undefined {
  // Parsing costs the most; most lines of a partial stream are of no use.
  if (!/"type":\s*"(system|assistant|user|result|rate_limit_event)"/.test(line)) return undefined
  let row: Row
  try {
    row = JSON.parse(line) as Row
  } catch {
    return undefined
  }
  if (typeof row !== 'object' || row === null) return undefined
  const sessionId = textOf(row.session_id, 36)
  const id = sessionId === undefined ? {} : { sessionId }
  if (row.type === 'system') return readSystem(row, id)
  if (row.type === 'assistant') return readAnswer(row, id)
  if (row.type === 'user') return readToolResults(row)
  if (row.type === 'rate_limit_event') return readLimit(row)
  if (row.type === 'result') return readResult(row, id)
  return undefined
}

type Row = Record<string, unknown>
type Id = { readonly sessionId?: string }

function readSystem(row: Row, id: Id): StreamFact | undefined {
  if (row.subtype === 'compact_boundary') return { kind: 'compacted' }
  if (row.subtype !== 'init') return undefined
  return {
    kind: 'init',
    ...id,
    ...given({
      model: textOf(row.model, 200),
      version: textOf(row.claude_code_version, 50),
      permissionMode: textOf(row.permissionMode, 50),
    }),
  }
}

function readAnswer(row: Row, id: Id): StreamFact {
  const message = objectOf(row.message)
  const parent = textOf(row.parent_tool_use_id, 100)
  const tools = listOf(message.content).flatMap((block): ToolUse[] => {
    const [useId, name] = [textOf(block.id, 100), textOf(block.name, 500)]
    if (block.type !== 'tool_use' || useId === undefined || name === undefined) return []
    return [{ id: useId, name, ...given({ parent }) }]
  })
  if (parent !== undefined) return { kind: 'answer', ...id, tools }
  const usage = objectOf(message.usage)
  const context = numberOf(usage.input_tokens) + numberOf(usage.cache_read_input_tokens) + numberOf(usage.cache_creation_input_tokens)
  const model = textOf(message.model, 200)
  return {
    kind: 'answer',
    ...id,
    tools,
    // Claude Code calls answers that it makes up itself `<synthetic>`.
    ...given({ model: model?.startsWith('<') ? undefined : model, contextTokens: context > 0 ? context : undefined }),
  }
}

function readToolResults(row: Row): StreamFact | undefined {
  const results = listOf(objectOf(row.message).content).flatMap((block): ToolResult[] => {
    const id = textOf(block.tool_use_id, 100)
    return block.type === 'tool_result' && id !== undefined ? [{ id, failed: block.is_error === true }] : []
  })
  return results.length === 0 ? undefined : { kind: 'tool-results', results }
}

function readLimit(row: Row): StreamFact | undefined {
  const info = objectOf(row.rate_limit_info)
  const resetsAt = numberOf(info.resetsAt)
  return { kind: 'limit', limitedUntil: info.status === 'rejected' && resetsAt > 0 ? resetsAt * 1000 : undefined }
}

function readResult(row: Row, id: Id): StreamFact {
  const models = Object.values(objectOf(row.modelUsage)).map(objectOf)
  const sum = (name: string) => models.reduce((total, usage) => total + numberOf(usage[name]), 0)
  const status = numberOf(row.api_error_status)
  const subtype = textOf(row.subtype, 100)
  const error =
    status > 0 ? `status ${status}` : subtype !== undefined && subtype !== 'success' ? subtype : row.is_error === true ? 'error' : undefined
  const limit = Math.max(0, ...models.map((usage) => numberOf(usage.contextWindow)))
  return {
    kind: 'result',
    ...id,
    error,
    ...given({
      durationMs: typeof row.duration_ms === 'number' ? Math.round(numberOf(row.duration_ms)) : undefined,
      costUsd: typeof row.total_cost_usd === 'number' ? numberOf(row.total_cost_usd) : undefined,
      tokens:
        models.length === 0
          ? undefined
          : {
              input: sum('inputTokens'),
              output: sum('outputTokens'),
              cacheRead: sum('cacheReadInputTokens'),
              cacheWrite: sum('cacheCreationInputTokens'),
            },
      contextLimit: models.length === 1 && limit > 0 ? limit : undefined,
    }),
  }
}

/** The values that are there: an absent one has no property. */
function given<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}

function textOf(value: unknown, max: number): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= max ? value : undefined
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : 0
}

function objectOf(value: unknown): Row {
  return typeof value === 'object' && value !== null ? (value as Row) : {}
}

function listOf(value: unknown): Row[] {
  return Array.isArray(value) ? value.map(objectOf) : []
}
