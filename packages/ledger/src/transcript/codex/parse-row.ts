import { CountReader, type Fields, fields, instant, maxLength, name } from '../field.ts'

/** The first row of a rollout, and in a copy of another thread's history also the first row of that one. */
export interface ThreadRow {
  readonly kind: 'thread'
  readonly id: string
  /** The session whose subagent the thread is; its own id otherwise. */
  readonly session: string
  readonly isSubagent: boolean
  /** The thread whose history this one begins with. */
  readonly parent: string | undefined
  /** Whether the rollout has the form of newer versions, which `codex migrate-rollouts` gives to older ones, too. */
  readonly isPaginated: boolean
  /** When the thread was created, and when the row was written, in milliseconds since 1970. */
  readonly created: number
  readonly written: number
  readonly cwd: string | undefined
  readonly branch: string | undefined
  readonly version: string | undefined
}

/** A turn begins, or says in which folder and with which model it goes on. */
export interface TurnRow {
  readonly kind: 'turn'
  /** Milliseconds since 1970; undefined when the row does not say. */
  readonly at: number | undefined
  /** A UUID; undefined in versions that gave turns none. */
  readonly id: string | undefined
  readonly cwd: string | undefined
  readonly model: string | undefined
}

/** The settings of the next turns. */
export interface SettingsRow {
  readonly kind: 'settings'
  readonly model: string | undefined
  readonly tier: string | undefined
}

/** The tokens of one response, or of all responses of a thread so far. */
export interface Usage {
  readonly input: number
  readonly cached: number
  readonly written: number
  readonly output: number
  readonly reasoning: number
  readonly isOdd: boolean
}

/** Newer versions write one for each response. */
export interface UsageRow {
  readonly kind: 'usage'
  /** Milliseconds since 1970. */
  readonly at: number
  readonly turn: string | undefined
  readonly response: string | undefined
  readonly usage: Usage
}

/** All versions write at least one for each response, and repeat the last one when the limits were received. */
export interface CountRow {
  readonly kind: 'count'
  /** Milliseconds since 1970. */
  readonly at: number
  /** Undefined before the first response of a process. */
  readonly total: Usage | undefined
  readonly last: Usage | undefined
}

/** The model has written something: a text, a call of a tool. */
interface OutputRow {
  readonly kind: 'output'
}

export type Row = ThreadRow | TurnRow | SettingsRow | UsageRow | CountRow | OutputRow

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** The items of a response that are not the model's. */
const OTHERS_ITEM = /_output$/

/**
 * Reads a parsed row of a rollout.
 * @returns undefined for a row that says nothing about calls, `bad` for one that should and does not
 */
export function parseRow(value: unknown): Row | 'bad' | undefined {
  const row = fields(value)
  const payload = fields(row?.payload)
  if (row === undefined || payload === undefined) return undefined
  const at = typeof row.timestamp === 'string' ? instant(row.timestamp) : undefined
  switch (row.type) {
    case 'session_meta':
      return parseThread(payload, at)
    case 'turn_context':
      return { kind: 'turn', at, id: uuid(payload.turn_id), cwd: name(payload.cwd, maxLength('cwd')), model: modelOf(payload) }
    case 'token_usage_record':
      return parseUsageRecord(payload, at)
    case 'response_item':
      return isModels(payload) ? { kind: 'output' } : undefined
    case 'event_msg':
      return parseEvent(payload, at)
    default:
      return undefined
  }
}

function parseEvent(payload: Fields, at: number | undefined): Row | 'bad' | undefined {
  switch (payload.type) {
    case 'task_started':
    case 'turn_started':
      return { kind: 'turn', at, id: uuid(payload.turn_id), cwd: undefined, model: undefined }
    case 'thread_settings_applied': {
      const settings = fields(payload.thread_settings) ?? {}
      return { kind: 'settings', model: modelOf(settings), tier: name(settings.service_tier, maxLength('service_tier')) }
    }
    case 'token_count': {
      if (at === undefined) return 'bad'
      const info = fields(payload.info)
      return { kind: 'count', at, total: readUsage(info?.total_token_usage), last: readUsage(info?.last_token_usage) }
    }
    default:
      return undefined
  }
}

function parseThread(payload: Fields, at: number | undefined): Row | 'bad' {
  const id = name(payload.id, maxLength('session_id'))
  const created = typeof payload.timestamp === 'string' ? instant(payload.timestamp) : undefined
  if (id === undefined || created === undefined) return 'bad'
  const subagent = fields(payload.source)?.subagent
  const spawn = fields(fields(subagent)?.thread_spawn)
  const spawnedBy = name(payload.parent_thread_id, maxLength('session_id')) ?? name(spawn?.parent_thread_id, maxLength('session_id'))
  return {
    kind: 'thread',
    id,
    session: name(payload.session_id, maxLength('session_id')) ?? spawnedBy ?? id,
    isSubagent: subagent !== undefined || payload.thread_source === 'subagent',
    parent: name(payload.forked_from_id, maxLength('session_id')) ?? spawnedBy,
    isPaginated: payload.history_mode === 'paginated',
    created,
    written: at ?? created,
    cwd: name(payload.cwd, maxLength('cwd')),
    branch: name(fields(payload.git)?.branch, maxLength('git_branch')),
    version: name(payload.cli_version, maxLength('version')),
  }
}

function parseUsageRecord(payload: Fields, at: number | undefined): Row | 'bad' {
  const usage = readUsage(payload.usage)
  if (at === undefined || usage === undefined) return 'bad'
  return { kind: 'usage', at, turn: uuid(payload.turn_id), response: name(payload.response_id, maxLength('request_id')), usage }
}

function readUsage(value: unknown): Usage | undefined {
  const usage = fields(value)
  if (usage === undefined) return undefined
  const counts = new CountReader()
  return {
    input: counts.read(usage.input_tokens),
    cached: counts.read(usage.cached_input_tokens),
    written: counts.read(usage.cache_write_input_tokens),
    output: counts.read(usage.output_tokens),
    reasoning: counts.read(usage.reasoning_output_tokens),
    isOdd: counts.isOdd,
  }
}

function modelOf(value: Fields): string | undefined {
  return name(value.model, maxLength('model'))
}

function uuid(value: unknown): string | undefined {
  return typeof value === 'string' && UUID.test(value) ? value.toLowerCase() : undefined
}

function isModels({ type, role }: Fields): boolean {
  return type === 'message' ? role === 'assistant' : typeof type === 'string' && !OTHERS_ITEM.test(type)
}
