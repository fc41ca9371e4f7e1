/**
 * The most tokens of one class in one call, for transcripts, telemetry and the wire alike: what one program counts, another must not
 * refuse. Real calls have less than a thousandth of it. The bound keeps sums of thousands of such calls, and of all real ones, exact
 * in the 53 bits of a number.
 */
export const MAX_TOKENS_PER_CALL = 999_999_999_999

/**
 * A field of a call. Its kind says how it is stored, merged and summed:
 * - `key`, `start`: what the call is, and the time and the session of its earliest record;
 * - `name`: a text that many calls share; `slice` is its name in a slice, and reports can be grouped by it where it has one;
 *   `priced` marks those that a price depends on;
 * - `id`: a text of its own for each call;
 * - `tokens`: a class of tokens, priced and summed; `count`: another number, which `slice` sums where it is true;
 * - `mark`: yes, no or unknown; `sum` is the column of a report that counts the calls that are marked;
 * - `flag`: yes or no.
 */
export interface CallField {
  readonly kind: 'key' | 'start' | 'name' | 'id' | 'tokens' | 'count' | 'mark' | 'flag'
  /** The longest text, in UTF-16 units. */
  readonly max?: number
  /** Whether every call has it. */
  readonly required?: true
  readonly slice?: string
  readonly priced?: true
  readonly sum?: string
}

/**
 * The fields of a call: the one place where a field is added. The wire, the columns of the stores, the keys of slices, the sums,
 * the merge of two records and the columns of CSV come from this table.
 */
export const callFields = {
  /**
   * `message.id` where Anthropic made it (`msg_…`), so that a call has the same key in every file and on every machine.
   * A call inside another call (`usage.iterations`) has `#` and its index after it. Ids that others made repeat, so those have `:<request id>@<time of the first record>` and the prompt's figures after them; see docs/truth.md.
   */
  key: { kind: 'key', max: 400, required: true },
  /** The time of the earliest record with this key; ISO 8601, UTC, with milliseconds. */
  at: { kind: 'start', required: true },
  /** The model as Claude Code wrote it, or `unknown`; normalised for pricing only. */
  model: { kind: 'name', max: 200, required: true, slice: 'model', priced: true },
  /** The session that made the call; of copies in other sessions it is not theirs. */
  session_id: { kind: 'name', max: 200, slice: 'session' },
  /** Since when that session exists, as its machine knows it. Of two sessions that both have the call, the older one made it. */
  session_since: { kind: 'start' },
  /** The working directory, which is the project of the call. */
  cwd: { kind: 'name', max: 4096, slice: 'project' },
  git_branch: { kind: 'name', max: 1000, slice: 'branch' },
  /** The program that made the call, such as `codex`; absent for Claude Code. */
  agent: { kind: 'name', max: 50, slice: 'agent' },
  speed: { kind: 'name', max: 50, slice: 'speed', priced: true },
  service_tier: { kind: 'name', max: 50, slice: 'service_tier', priced: true },
  inference_geo: { kind: 'name', max: 50, slice: 'inference_geo', priced: true },
  /** `refused` when the model refused before any output, which costs nothing. */
  outcome: { kind: 'name', max: 50, slice: 'outcome', priced: true },
  /**
   * Where the figures come from; absent for a transcript. `cost-state`: what Claude Code has recorded for a model of a session
   * beyond its calls, which is no call itself. `estimate`: the estimated output of calls whose output no record has, which is no call
   * either. `telemetry`: an event of Claude Code's telemetry.
   */
  source: { kind: 'name', max: 50, slice: 'source' },
  version: { kind: 'name', max: 200 },
  /** The subagent. */
  agent_id: { kind: 'name', max: 200 },
  request_id: { kind: 'id', max: 200 },
  is_sidechain: { kind: 'flag', required: true },
  input: { kind: 'tokens', required: true },
  output: { kind: 'tokens', required: true },
  write_5m: { kind: 'tokens', required: true },
  write_1h: { kind: 'tokens', required: true },
  read: { kind: 'tokens', required: true },
  web_searches: { kind: 'count', slice: 'web_searches' },
  /** The longest prompt of one inference, where the figures are those of several; a price band is that of one inference. */
  prompt: { kind: 'count' },
  /**
   * Whether the call never got its final record, so that its output is at least this. Absent where that is not known. Of a record of
   * the source `cost-state`: false where all records of the session together have what its calls lack.
   */
  unfinished: { kind: 'mark', sum: 'unfinished_calls' },
  /** Whether a number of the record was none, and counts as 0. */
  odd: { kind: 'mark', sum: 'odd_calls' },
  /** For the sources `cost-state` and `estimate` only: when the figures were worked out. The latest ones count. */
  as_of: { kind: 'start' },
} as const satisfies Record<string, CallField>

export type CallFieldName = keyof typeof callFields
type NamesOf<Kind extends CallField['kind']> = {
  [Name in CallFieldName]: (typeof callFields)[Name]['kind'] extends Kind ? Name : never
}[CallFieldName]
export type CallName = NamesOf<'name'>
export type CallMark = NamesOf<'mark'>

export const callFieldList = Object.entries(callFields) as readonly [CallFieldName, CallField][]

/** The names of the fields of some kinds, in the order of the table. */
export function callFieldsOf<Kind extends CallField['kind']>(...kinds: readonly Kind[]): readonly NamesOf<Kind>[] {
  return callFieldList.filter(([, { kind }]) => (kinds as readonly string[]).includes(kind)).map(([field]) => field as NamesOf<Kind>)
}
