import type { MachineCollector } from '@signalbox/contract/collector-heartbeat'

interface SourceWords {
  readonly name: string
  /** Where plan limits come from, in a sentence. */
  readonly from?: string
}

export interface CollectorSourceWords {
  readonly sources: Readonly<Record<string, SourceWords>>
  readonly states: Readonly<Record<string, string>>
  readonly waits: Readonly<Record<string, string>>
  readonly from: (source: string) => string
  readonly originOn: (origin: string, machine: string) => string
}

/** What people see for the sources of a collector. A newer collector may have others; they keep their names. */
const sources: CollectorSourceWords['sources'] = {
  sessions: { name: 'Sessions' },
  transcripts: { name: 'Transcripts' },
  'claude-json': { name: "Claude Code's file", from: 'from Claude Code' },
  statusline: { name: 'Status line', from: 'from a status line' },
  console: { name: 'Usage page', from: 'from the usage page' },
  clock: { name: 'Clock' },
}

const states: Readonly<Record<string, string>> = {
  ok: 'ok',
  off: 'switched off',
  starting: 'starting',
  waiting: 'nothing to read yet',
  failing: 'failing',
  needs_login: 'sign in: signalbox web login',
}

/** What `waiting` means for sources that a person has to set up, with the command that does. */
const waits: Readonly<Record<string, string>> = {
  statusline: 'not set up, or nothing to read yet (signalbox statusline install)',
  console: 'not set up, or in use (signalbox web login)',
}

export const collectorSourceWords: CollectorSourceWords = {
  sources,
  states,
  waits,
  from: (source) => `from ${source}`,
  originOn: (origin, machine) => `${origin} on ${machine}`,
}

/** What people call a source. */
export function sourceTitle(name: string, words: CollectorSourceWords = collectorSourceWords): string {
  return wordOf(words.sources, name)?.name ?? name
}

/** A source in words: `Usage page: sign in: signalbox web login`. */
export function describeSource(
  { name, state, problem }: NonNullable<MachineCollector['sources']>[number],
  words: CollectorSourceWords = collectorSourceWords,
): string {
  const known = (state === 'waiting' ? wordOf(words.waits, name) : undefined) ?? wordOf(words.states, state) ?? state.replaceAll('_', ' ')
  return `${sourceTitle(name, words)}: ${known}${problem === undefined ? '' : `, ${problem}`}`
}

/** Where plan limits come from, such as `from a status line on laptop`. */
export function describeLimitOrigin(
  { source, machine_id }: { readonly source: string; readonly machine_id?: string | undefined },
  words: CollectorSourceWords = collectorSourceWords,
): string {
  const origin = wordOf(words.sources, source)?.from ?? words.from(source.replaceAll('-', ' '))
  return machine_id === undefined ? origin : words.originOn(origin, machine_id)
}

/** The names come from other machines, so `constructor` must find nothing. */
function wordOf<T>(words: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined
}
