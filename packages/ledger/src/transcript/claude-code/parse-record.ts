import { REFUSED } from '@signalbox/usage/call'
import { isUniqueId } from '@signalbox/usage/call-key'
import { boundedKey, CountReader, type Fields, fields, instant, maxLength, name, UNKNOWN_MODEL } from '../field.ts'
import type { ScannedCall } from '../scanned-call.ts'
import { COST_STATE, type CostState, readCostState } from './cost-state.ts'

/**
 * The content of an object of a transcript: a call; a call with others inside it; a call whose id is not unique, whose key depends on
 * the records before it; the sums that Claude Code keeps; another record; or an invalid call.
 */
export type ParsedRecord = ScannedCall | readonly ScannedCall[] | ForeignRecord | CostState | 'other' | 'bad'

/** A record of a call whose message id was not made by Anthropic; the keys of its calls are still empty. */
export interface ForeignRecord {
  /** The call, and the calls inside it. */
  readonly calls: readonly ScannedCall[]
  readonly id: string
  readonly requestId: string
  readonly uuid: string | undefined
  readonly parentUuid: string | undefined
  readonly promptId: string | undefined
}

/** Reads a call from a parsed object of a transcript: an assistant record, or the progress record of a subagent (older versions). */
export function parseRecord(value: unknown): ParsedRecord {
  const record = fields(value)
  if (record === undefined) return 'other'
  if (record.type === 'assistant') return readCall(record, record, record.isSidechain === true, record.agentId)
  if (record.type === COST_STATE) return readCostState(record) ?? 'bad'
  if (record.type !== 'progress') return 'other'
  const data = fields(record.data)
  const inner = fields(data?.message)
  if (inner === undefined) return 'other'
  return readCall(record, inner, true, name(record.agentId, maxLength('agent_id')) ?? data?.agentId)
}

/**
 * @param envelope has the session, the folder, the branch and the version
 * @param record has `message`, the ids and the time
 */
function readCall(envelope: Fields, record: Fields, isSidechain: boolean, agentId: unknown): ParsedRecord {
  const message = fields(record.message)
  const usage = fields(message?.usage)
  if (message === undefined || usage === undefined) return 'other'
  const model = name(message.model, maxLength('model')) ?? UNKNOWN_MODEL
  const { timestamp } = record
  if (model === '<synthetic>' || typeof timestamp !== 'string' || timestamp === '') return 'other'
  const at = instant(timestamp)
  const id = name(message.id, Infinity) ?? name(record.uuid, Infinity)
  if (at === undefined || id === undefined) return 'bad'
  const requestId = name(record.requestId, Infinity)
  const isUnique = isUniqueId(id)
  const names: CallNames = {
    key: isUnique ? boundedKey(id) : '',
    at,
    ...sessionOf(envelope),
    cwd: name(envelope.cwd, maxLength('cwd')),
    git_branch: name(envelope.gitBranch, maxLength('git_branch')),
    version: name(envelope.version, maxLength('version')),
    agent_id: name(agentId, maxLength('agent_id')),
    is_sidechain: isSidechain,
    unfinished: message.stop_reason === undefined ? undefined : typeof message.stop_reason !== 'string',
  }
  const call = toCall(names, model, usage, name(requestId, maxLength('request_id')), message.stop_reason)
  const inner = Array.isArray(usage.iterations) ? readIterations(names, usage, usage.iterations, call) : [call]
  if (isUnique) return inner.length === 1 ? inner[0]! : inner
  const text = (value: unknown) => name(value, Infinity)
  const links = { uuid: text(record.uuid), parentUuid: text(record.parentUuid), promptId: text(record.promptId) }
  return { calls: inner, id, requestId: requestId ?? '', ...links }
}

/** The session that made the call: rows that a fork has copied name it, in two ways since 2.1.332 and in one before, or not at all. */
function sessionOf({ requestSessionId, forkedFrom, sessionId }: Fields): Pick<CallNames, 'session_id' | 'is_named'> {
  const [request, forked, own] = [requestSessionId, fields(forkedFrom)?.sessionId, sessionId].map((session) =>
    name(session, maxLength('session_id')),
  )
  const session_id = request ?? forked ?? own
  return { session_id, is_named: session_id === own ? undefined : true }
}

/** What a call and the calls inside it share. */
type CallNames = Pick<ScannedCall, 'key' | 'at' | 'is_sidechain'> & {
  readonly [name in 'session_id' | 'cwd' | 'git_branch' | 'version' | 'agent_id']: string | undefined
} & { readonly [mark in 'unfinished' | 'is_named']: boolean | undefined }

/** Missing names are explicit undefined, so that all objects have the same shape. */
function toCall(names: CallNames, model: string, usage: Fields, request_id: string | undefined, stopReason: unknown): ScannedCall {
  const counts = new CountReader()
  const writes = fields(usage.cache_creation)
  const searches = fields(usage.server_tool_use)?.web_search_requests
  const write_1h = counts.read(writes?.ephemeral_1h_input_tokens)
  const write_5m = writesFor5Minutes(
    counts.read(usage.cache_creation_input_tokens),
    counts.read(writes?.ephemeral_5m_input_tokens),
    write_1h,
  )
  const output = counts.read(usage.output_tokens)
  return {
    key: names.key,
    at: names.at,
    model,
    session_id: names.session_id,
    cwd: names.cwd,
    git_branch: names.git_branch,
    agent: undefined,
    speed: name(usage.speed, maxLength('speed')),
    service_tier: name(usage.service_tier, maxLength('service_tier')),
    inference_geo: name(usage.inference_geo, maxLength('inference_geo')),
    outcome: isRefusal(stopReason, output) ? REFUSED : undefined,
    source: undefined,
    version: names.version,
    agent_id: names.agent_id,
    request_id,
    is_sidechain: names.is_sidechain,
    input: counts.read(usage.input_tokens),
    output,
    write_5m,
    write_1h,
    read: counts.read(usage.cache_read_input_tokens),
    web_searches: searches === undefined || searches === null ? undefined : counts.read(searches),
    prompt: undefined,
    unfinished: names.unfinished,
    odd: counts.isOdd ? true : undefined,
    as_of: undefined,
    answer: undefined,
    is_named: names.is_named,
  } as ScannedCall
}

/**
 * The tokens written to the cache for 5 minutes. Some writers leave the split out or fill in a part of it, so what the flat count has
 * more belongs here.
 */
export function writesFor5Minutes(flat: number, write5m: number, write1h: number): number {
  return Math.max(flat, write5m + write1h) - write1h
}

/** Whether the model refused before any output, which is not billed. */
function isRefusal(stopReason: unknown, output: number): boolean {
  return stopReason === 'refusal' && output === 0
}

/**
 * Reads `usage.iterations`. Entries of the type `message` are in the call's own figures, but a price band is that of one inference.
 * Others with a model of their own, such as an advisor's or those of a fallback that made output, are calls of their own.
 * @returns the call, and the calls inside it
 */
function readIterations(names: CallNames, usage: Fields, iterations: readonly unknown[], call: ScannedCall): ScannedCall[] {
  const counts = new CountReader()
  const prompts: number[] = []
  const inner: ScannedCall[] = []
  for (const [index, entry] of iterations.map(fields).entries()) {
    if (entry === undefined) continue
    if (entry.type === 'message') {
      const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens } = entry
      prompts.push([input_tokens, cache_creation_input_tokens, cache_read_input_tokens].reduce<number>((sum, n) => sum + counts.read(n), 0))
      continue
    }
    const model = name(entry.model, maxLength('model'))
    if (model === undefined || counts.read(entry.output_tokens) === 0) continue
    const key = names.key === '' ? `#${index}` : boundedKey(`${names.key}#${index}`)
    const { service_tier, inference_geo } = usage
    inner.push(toCall({ ...names, key }, model, { service_tier, inference_geo, ...entry }, undefined, undefined))
  }
  return [prompts.length > 1 ? { ...call, prompt: Math.max(...prompts) } : call, ...inner]
}
