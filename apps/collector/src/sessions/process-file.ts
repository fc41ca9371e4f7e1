import { toName } from '@signalbox/contract/printable'
import type { Activity, WaitingFor } from '@signalbox/contract/session'
import { isMadeFromPrompt } from '@signalbox/contract/session-name'
import { compareVersions } from '@signalbox/usage/client-version'

/** A process file of Claude Code, `sessions/<pid>.json`: one per running client. docs/claude-code.md says what each version writes. */
export interface ProcessFile {
  readonly pid: number
  readonly sessionId: string
  readonly cwd: string
  /** When the client started, in milliseconds since 1970. */
  readonly startedAt: number
  /** When the process started, in a form that the operating system decides. */
  readonly procStart?: string | undefined
  /** Where the pid is valid: the machine and, on Linux, the pid namespace. */
  readonly pidDomain?: string | undefined
  readonly version?: string | undefined
  readonly kind?: 'interactive' | 'print' | 'background' | undefined
  /** A name that a person gave; the one derived from the folder where none did. */
  readonly name?: string | undefined
  readonly hasDerivedName: boolean
  /** Absent in versions, and in kinds of sessions, that write none. */
  readonly activity?: Activity | undefined
  readonly waitingFor?: WaitingFor | undefined
  /** When the activity began. */
  readonly activityAt: number
  /** When the file was last written, as the client says. */
  readonly updatedAt: number
  /** The file has the time of its activity. Versions without it do not write `/clear` and `/resume` into the file either. */
  readonly followsSession: boolean
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether a text is the id of a session. */
export function isSessionId(text: unknown): text is string {
  return typeof text === 'string' && UUID.test(text)
}

/** A clock may have been set back since; a time further ahead is no time. */
const MAX_AHEAD_MS = 24 * 3_600_000

/**
 * Parses a process file.
 * @param modifiedAt when the file was written, by the file system: it stands for a time that the file has not
 * @returns undefined when it is not one, or only half of one
 */
export function parseProcessFile(text: string, modifiedAt: number, now = Date.now()): ProcessFile | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { pid, sessionId, cwd, startedAt, ...rest } = value as Record<string, unknown>
  if (!isCount(pid) || pid === 0 || !isSessionId(sessionId) || typeof cwd !== 'string' || cwd === '') return undefined
  const isTime = (value: unknown): value is number => isCount(value) && value > 0 && value <= now + MAX_AHEAD_MS
  const started = isTime(startedAt) ? startedAt : 0
  const updatedAt = isTime(rest.updatedAt) ? rest.updatedAt : started || (isTime(modifiedAt) ? modifiedAt : now)
  const hasTime = isTime(rest.statusUpdatedAt)
  const { name, nameSource } = rest
  // Other sources of a name may have made it from a prompt.
  const isKnownName = nameSource === undefined || nameSource === 'derived' || nameSource === 'user'
  return {
    pid,
    sessionId: sessionId.toLowerCase(),
    cwd,
    startedAt: started,
    procStart: shortText(rest.procStart, 100),
    pidDomain: shortText(rest.pidDomain, 300),
    version: shortText(rest.version, 50),
    kind: toKind(rest.kind, rest.entrypoint),
    name: isKnownName ? toSessionName(name) : undefined,
    hasDerivedName: nameSource === 'derived',
    ...toActivity(rest.status, rest.waitingFor),
    activityAt: hasTime ? (rest.statusUpdatedAt as number) : updatedAt,
    updatedAt,
    followsSession: hasTime || compareVersions(shortText(rest.version, 50) ?? '', FIRST_THAT_FOLLOWS) >= 0,
  }
}

/** The oldest version that was seen to write the session id of `/clear` and `/resume` into its file. */
const FIRST_THAT_FOLLOWS = '2.1.200'

function toKind(kind: unknown, entrypoint: unknown): ProcessFile['kind'] {
  if (typeof kind === 'string' && /background|^bg|daemon/.test(kind)) return 'background'
  // `kind` says `interactive` for `-p` too.
  if (typeof entrypoint === 'string' && entrypoint.startsWith('sdk')) return 'print'
  return kind === 'interactive' ? 'interactive' : undefined
}

function toActivity(status: unknown, waitingFor: unknown): Pick<ProcessFile, 'activity' | 'waitingFor'> {
  if (status === 'idle') return { activity: 'idle' }
  // A shell command that runs in the background is work.
  if (status === 'busy' || status === 'shell') return { activity: 'working' }
  if (status === 'waiting') return { activity: 'waiting', waitingFor: toWaitingFor(waitingFor) }
  return {}
}

function toWaitingFor(text: unknown): WaitingFor {
  if (typeof text !== 'string') return 'other'
  // 2.1.120 names the tool: `approve Bash`. A sandbox asks for permission to use the network.
  if (text === 'permission prompt' || text === 'sandbox request' || text === 'worker request' || text.startsWith('approve '))
    return 'permission'
  return text === 'input needed' ? 'input' : 'other'
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

/** The name of a session, unless it contains a prompt. */
export function toSessionName(value: unknown): string | undefined {
  const name = shortText(value, 200)
  // A long name is cut before its mark.
  return name === undefined || isMadeFromPrompt(String(value)) ? undefined : name
}

/** A text as a name, shortened; undefined for anything else. */
export function shortText(value: unknown, length: number): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = toName(value, length)
  return text === '' ? undefined : text
}
