import fs from 'node:fs'

/** The end of a transcript in which the last calls are; a row with the result of a tool may be long. */
const TAIL_BYTES = 512 * 1024
const LIFETIME_MS = { '5m': 5 * 60_000, '1h': 60 * 60_000 }

/**
 * When the prompt cache of a session expires, by its transcript: so long after the last call as the cache lives that was written
 * last. Later versions of Claude Code say it themselves.
 * @returns milliseconds since 1970; undefined where the last call used no cache, or the lifetime is not known
 */
export function readCacheExpiry(transcript: string): number | undefined {
  let lastAt: number | undefined
  for (const line of readTail(transcript).split('\n').reverse()) {
    const call = readCall(line)
    if (call === undefined) continue
    if (lastAt === undefined && !call.usesCache) return undefined
    lastAt ??= call.at
    if (call.written !== undefined) return lastAt + LIFETIME_MS[call.written]
  }
  return undefined
}

function readTail(file: string): string {
  let descriptor: number | undefined
  try {
    descriptor = fs.openSync(file, 'r')
    const { size } = fs.fstatSync(descriptor)
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES))
    const length = fs.readSync(descriptor, bytes, 0, bytes.length, size - bytes.length)
    return bytes.toString('utf8', 0, length)
  } catch {
    // Not written yet, or not ours to read: nothing is known.
    return ''
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor)
  }
}

interface CachedCall {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly usesCache: boolean
  /** How long the cache lives that the call has written; undefined when it has written none, or does not say. */
  readonly written: keyof typeof LIFETIME_MS | undefined
}

/** Reads a call of the main conversation: subagents have caches of their own. */
function readCall(line: string): CachedCall | undefined {
  if (!line.includes('"usage"') || !line.includes('"assistant"')) return undefined
  const row = parse(line)
  const message = fieldsOf(row.message)
  if (row.type !== 'assistant' || row.isSidechain === true || message.model === '<synthetic>' || message.usage === undefined)
    return undefined
  const at = typeof row.timestamp === 'string' ? Date.parse(row.timestamp) : Number.NaN
  if (Number.isNaN(at)) return undefined
  const usage = fieldsOf(message.usage)
  const { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long } = fieldsOf(usage.cache_creation)
  const written = isPositive(long) ? '1h' : isPositive(short) ? '5m' : undefined
  return { at, written, usesCache: isPositive(usage.cache_read_input_tokens) || isPositive(usage.cache_creation_input_tokens) }
}

function parse(line: string): Record<string, unknown> {
  try {
    return fieldsOf(JSON.parse(line))
  } catch {
    return {}
  }
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && value > 0
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
