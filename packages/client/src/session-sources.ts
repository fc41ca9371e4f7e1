import type { ClaudeSession, SessionSource, SessionSourceRow } from '@signalbox/contract/claude-session'

type SourceNames = Readonly<Record<SessionSource, readonly [short: string, meaning: string]>>

const names: SourceNames = {
  'process-file': ['process file', 'Claude Code’s own file about the running process'],
  hook: ['hook', 'the hooks of the plugin or of settings.json'],
  witness: ['witness', 'the plugin’s MCP server, which notices the end of the session'],
  run: ['signalbox run', 'the program that started Claude Code'],
  statusline: ['status line', 'what Claude Code sends to the status line'],
  telemetry: ['telemetry', 'OpenTelemetry'],
  transcript: ['transcript', 'the file in which Claude Code writes down the session'],
}

export interface SessionSourceWords {
  readonly names: SourceNames
  readonly permissionModes: Readonly<Record<string, string>>
}

/** A source as shown to people; one that is new has its own name. */
export function formatSource(source: string, { names }: Pick<SessionSourceWords, 'names'> = sessionSourceWords): string {
  return Object.hasOwn(names, source) ? names[source as SessionSource][0] : source
}

/** What a source is, in a few words; empty for one that is new. */
export function describeSource(source: string, { names }: Pick<SessionSourceWords, 'names'> = sessionSourceWords): string {
  return Object.hasOwn(names, source) ? names[source as SessionSource][1] : ''
}

/** The source of the shown value of each field. */
export function believedSources(rows: readonly SessionSourceRow[]): ReadonlyMap<string, SessionSource> {
  return new Map(rows.filter(({ believed }) => believed).map(({ field, source }) => [field, source]))
}

/** Whether a session is known from its transcript only, so that neither its process nor its activity is known exactly. */
export function isFromTranscriptOnly({ sources }: Pick<ClaudeSession, 'sources'>): boolean {
  return sources.length > 0 && sources.every((source) => source === 'transcript')
}

/** What to do for more than what is in the transcript. */
export const MORE_THAN_TRANSCRIPT =
  'From the transcript only: whether its process lives, and what it is doing, is not known exactly. A collector on the machine sees its processes; with the plugin or `npx signalbox hooks install` there, the state is exact.'

const permissionModes: Readonly<Record<string, string>> = {
  default: 'asks for permission',
  acceptEdits: 'accepts edits',
  bypassPermissions: 'bypasses permissions',
  dontAsk: 'does not ask',
  plan: 'plan mode',
  auto: 'auto mode',
}

/** What people see of the sources of a session; the page has it in other languages too. */
export const sessionSourceWords: SessionSourceWords = { names, permissionModes }

/** A permission mode in words; one that is new stays as it is. */
export function formatPermissionMode(mode: string, { permissionModes }: SessionSourceWords = sessionSourceWords): string {
  return Object.hasOwn(permissionModes, mode) ? (permissionModes[mode] as string) : mode
}
