import { type ClaudeField, claudeFields, type SessionSource, sessionSources } from '@signalbox/contract/claude-session'

/** Which sources are believed about a field: the newest of the exact ones, else the newest fallback. */
export interface SourceRule {
  readonly exact: readonly SessionSource[]
  readonly fallback: readonly SessionSource[]
  /** Sources whose value is believed before all others, however old it is; the first of them that has one. */
  readonly lasting?: readonly SessionSource[]
}

/** What a source said, and the instant at which it became so. */
export type Dated<T> = readonly [value: T, at: number, ...rest: unknown[]]
export type BySource<T> = { readonly [Source in SessionSource]?: T }

/** An exact value that is older than a fallback by more than this comes from a source that no longer reports. */
export const EXACT_VALUE_TTL_MS = 600_000

/** All sources that are not named as exact, so that no value is lost. */
function exact(...sources: readonly SessionSource[]): SourceRule {
  return { exact: sources, fallback: sessionSources.filter((source) => !sources.includes(source)) }
}

/** The rule of each field. */
export const fieldRules: Readonly<Record<ClaudeField, SourceRule>> = {
  // `signalbox run --name` reports once what a person chose; Claude Code may make up other names after that. Its file has the name
  // that it shows: after `/clear` hooks and transcripts still say the one before.
  name: { ...exact('process-file', 'hook', 'run', 'transcript'), lasting: ['run', 'process-file'] },
  branch: exact('hook', 'run', 'transcript', 'statusline'),
  // Every answer names its model, so the newest report knows of a switch.
  model: exact('statusline', 'hook', 'run', 'transcript'),
  version: exact('process-file', 'run', 'hook', 'statusline', 'transcript'),
  kind: exact('process-file', 'run'),
  pid: exact('process-file', 'run'),
  // Each hook carries the mode of its moment; a transcript notes it with the next prompt.
  permission_mode: exact('hook', 'run'),
  effort: exact('statusline', 'hook', 'run'),
  // The status line has Claude Code's own figures; the others work them out from calls.
  context_tokens: exact('statusline'),
  context_limit: exact('statusline'),
  cache_expires_at: exact('statusline'),
  cost_usd: exact('statusline', 'run'),
  // Only the transcripts contain all calls of a session that was resumed, those of its subagents included.
  input_tokens: exact('transcript'),
  output_tokens: exact('transcript'),
  cache_read_tokens: exact('transcript'),
  cache_write_tokens: exact('transcript'),
  limited_until: exact('hook', 'run', 'process-file', 'transcript'),
  turn_error: exact('hook', 'run'),
}

/**
 * The activity has more than two ranks. Claude Code keeps the file of its process itself, and a collector confirms that it
 * reads it: the file knows of an Esc and of a permission that was granted, which no hook reports.
 */
const activityRanks: readonly (readonly SessionSource[])[] = [
  ['process-file'],
  ['hook', 'run'],
  ['transcript'],
  ['statusline', 'telemetry', 'witness'],
]
/** Without a collector that confirms the file it is one source among others. */
const unconfirmedRanks: readonly (readonly SessionSource[])[] = [
  ['process-file', 'hook', 'run'],
  ['transcript'],
  ['statusline', 'telemetry', 'witness'],
]

/** The source whose value of a field is believed; undefined when none has one. A value of null is none. */
export function believedSource(field: ClaudeField, values: BySource<Dated<unknown>>): SessionSource | undefined {
  const rule = fieldRules[field]
  const lasting = rule.lasting?.find((source) => newestOf([source], values) !== undefined)
  if (lasting !== undefined) return lasting
  const first = newestOf(rule.exact, values)
  const second = newestOf(rule.fallback, values)
  if (first === undefined || second === undefined) return first ?? second
  return values[second]![1] - values[first]![1] > EXACT_VALUE_TTL_MS ? second : first
}

/**
 * The source whose activity is believed.
 * @param confirmed whether a collector confirms the file of the process now
 * @param endedAt when the session ended last: what a source said before concerns a process that is gone
 */
export function believedActivitySource(
  values: BySource<Dated<unknown>>,
  confirmed: boolean,
  endedAt = Number.NEGATIVE_INFINITY,
): SessionSource | undefined {
  for (const rank of confirmed ? activityRanks : unconfirmedRanks) {
    const newest = newestOf(rank, values, endedAt)
    if (newest !== undefined) return newest
  }
  return undefined
}

/** The source among these with the newest value; of equally new ones the first in the order of the contract. */
function newestOf(
  sources: readonly SessionSource[],
  values: BySource<Dated<unknown>>,
  after = Number.NEGATIVE_INFINITY,
): SessionSource | undefined {
  let newest: SessionSource | undefined
  for (const source of sessionSources) {
    const value = values[source]
    if (value === undefined || value[0] === null || value[1] <= after || !sources.includes(source)) continue
    if (newest === undefined || value[1] > values[newest]![1]) newest = source
  }
  return newest
}

/** Whether a field only counts: it changes with every call, and goes to live streams, not into the event log. */
export function isCounter(field: ClaudeField): boolean {
  return counters.has(field)
}

const counters: ReadonlySet<ClaudeField> = new Set([
  'context_tokens',
  'context_limit',
  'cache_expires_at',
  'cost_usd',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
] satisfies ClaudeField[])

/** The fields whose changes people see at once. */
export const visibleFields: readonly ClaudeField[] = claudeFields.filter((field) => !counters.has(field))
