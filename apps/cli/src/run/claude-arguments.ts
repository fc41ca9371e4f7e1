import { randomUUID } from 'node:crypto'

/** What a command line starts, as far as its words say. */
export interface PlannedRun {
  /** The words to run; a new session of Claude Code gets `--session-id`. */
  readonly words: readonly string[]
  /** `other`: another program, which is one session. `none`: a command of Claude Code that starts no session here. */
  readonly program: 'claude' | 'other' | 'none'
  /** Undefined until the process itself says which session it continues. */
  readonly sessionId: string | undefined
  /** Whether it goes on with an earlier session. */
  readonly resumed: boolean
  readonly print: boolean
  /** Whether stdout is a stream of JSON lines. */
  readonly streamJson: boolean
}

/** Commands of Claude Code that manage something, in 2.1.332 and before. */
const management = new Set(
  (
    'agents attach auth auto-mode config doctor gateway help import install kill logs mcp migrate-installer plugin plugins purge ' +
    'remote-control respawn rm setup-token stop ultrareview update upgrade'
  ).split(' '),
)
/** Options with which no session runs in this process. */
const elsewhere = ['-h', '--help', '-v', '--version', '--bg', '--background', '--cloud', '--desktop']
/** Programs that run another one. */
const launchers = new Set(['npx', 'bunx', 'pnpm', 'yarn', 'npm', 'node', 'bun', 'env', 'nice', 'timeout', 'stdbuf'])
/** How far behind a launcher the name of Claude Code may stand. */
const MAX_LAUNCHER_WORDS = 8
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * @param sessionId the id of a session that exists already, for a command whose own arguments name none
 * @param isTerminal whether stdout is a terminal; Claude Code prints and ends where it is none
 */
export function planRun(command: readonly string[], isTerminal: boolean, sessionId?: string): PlannedRun {
  const start = findClaude(command)
  if (start === undefined) {
    return { words: command, program: 'other', sessionId: sessionId ?? randomUUID(), resumed: false, print: false, streamJson: false }
  }
  const optionsEnd = command.indexOf('--', start + 1)
  const options = command.slice(start + 1, optionsEnd === -1 ? undefined : optionsEnd)
  const print = hasFlag(options, '--print', 'p')
  const mode = {
    print: print || !isTerminal,
    streamJson: print && optionValue(options, '--output-format') === 'stream-json',
  }
  if (
    management.has(options[0] ?? '') ||
    elsewhere.some((option) => options.some((word) => word === option || word.startsWith(`${option}=`)))
  ) {
    return { ...mode, words: command, program: 'none', sessionId: undefined, resumed: false, streamJson: false }
  }
  const given = optionValue(options, '--session-id')
  const resumedId = optionValue(options, '--resume') ?? optionValue(options, '-r')
  const resumed =
    options.some((word) => word === '--from-pr' || word.startsWith('--from-pr=') || word === '--teleport') ||
    hasFlag(options, '--continue', 'c') ||
    hasFlag(options, '--resume', 'r')
  const planned = { ...mode, program: 'claude', resumed } as const
  if (given !== undefined) return { ...planned, words: command, sessionId: uuid.test(given) ? given.toLowerCase() : undefined }
  if (resumed && !options.includes('--fork-session')) {
    const known = resumedId !== undefined && uuid.test(resumedId) ? resumedId.toLowerCase() : undefined
    return { ...planned, words: command, sessionId: known }
  }
  const id = sessionId ?? randomUUID()
  return { ...planned, words: [...command.slice(0, start + 1), '--session-id', id, ...command.slice(start + 1)], sessionId: id }
}

/** The index of the word that names Claude Code. */
function findClaude(command: readonly string[]): number | undefined {
  if (isClaude(command[0] ?? '')) return 0
  if (!launchers.has(baseName(command[0] ?? ''))) return undefined
  const index = command.slice(0, MAX_LAUNCHER_WORDS).findIndex(isClaude)
  return index === -1 ? undefined : index
}

/** The name of a program without its folder. */
export const baseName = (word: string) => (word.split(/[\\/]/).at(-1) ?? '').replace(/\.(exe|cmd)$/i, '')

function isClaude(word: string): boolean {
  return baseName(word) === 'claude' || /^@anthropic-ai\/claude-code(@|$)/.test(word) || /[\\/]claude-code[\\/]cli\.m?js$/.test(word)
}

/** Whether an option is there by its long name, or by its letter, also among other letters as in `-cp`. */
function hasFlag(options: readonly string[], name: string, letter: string): boolean {
  return options.some((word) => word === name || word.startsWith(`${name}=`) || (/^-[a-z]+$/.test(word) && word.includes(letter)))
}

function optionValue(options: readonly string[], name: string): string | undefined {
  const index = options.findLastIndex((word) => word === name || word.startsWith(`${name}=`))
  if (index === -1) return undefined
  const word = options[index] as string
  return word === name ? options[index + 1] : word.slice(name.length + 1)
}
