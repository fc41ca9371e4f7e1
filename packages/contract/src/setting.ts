import os from 'node:os'
import path from 'node:path'

/**
 * Every setting of every app: its name, its default, what it is for, and how its text is read.
 * `docs/configuration.md` is tested against this table. No schema library here: the CLI reads settings
 * before its first line of output, and the library alone costs a third of that time.
 */

/** A text that is not a value of its setting; the message says what would be. */
class Unreadable extends Error {}

type Read<T> = (text: string) => T

export interface Setting<T> {
  /** Who reads it. */
  readonly by: readonly ('hub' | 'collector' | 'cli')[]
  readonly about: string
  /** As shown in the documentation. */
  readonly shown: string
  readonly secret?: true
  readonly fallback: T
  readonly read: Read<T>
}

const text: Read<string> = (value) => value
const list: Read<string[]> = (value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** Whether a path is one of those that the kernel of Linux makes up. */
export function isOfKernel(path: string): boolean {
  return /^\/(?:proc|sys)(?:\/|$)/.test(path)
}

/** Absolute; `~` is the home folder here too, because nobody expands it in a `.env` file. */
const place: Read<string> = (value) => path.resolve(value.replace(/^~(?=$|[/\\])/, () => os.homedir()))
/** Where folders can be made: in those of the kernel, making one with its parents hangs for ever instead of failing. */
const folder: Read<string> = (value) => {
  const found = place(value)
  if (isOfKernel(found)) throw new Unreadable('a folder on a disk, which /proc and /sys are not')
  return found
}
const places: Read<string[]> = (value) => list(value).map(place)

function whole(min: number, max: number): Read<number> {
  return (value) => {
    const number = Number(value)
    if (!/^\d+$/.test(value) || number < min || number > max) throw new Unreadable(`a whole number from ${min} to ${max}`)
    return number
  }
}

function oneOf<const T extends string>(...names: T[]): Read<T> {
  return (value) => {
    const name = names.find((candidate) => candidate === value)
    if (name === undefined) throw new Unreadable(`one of ${names.join(', ')}`)
    return name
  }
}

const flag: Read<boolean> = (value) => oneOf('true', 'false')(value) === 'true'

const timezone: Read<string> = (value) => {
  // Asking would load Intl: 20 ms of every command.
  if (value === 'UTC') return value
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone
  } catch {
    throw new Unreadable('an IANA time zone such as Europe/Berlin')
  }
}

const url: Read<string> = (value) => {
  if (!URL.canParse(value) || !/^https?:/.test(value)) throw new Unreadable('an http or https address')
  return value.replace(/\/+$/, '')
}

const mongo: Read<string> = (value) => {
  if (!/^mongodb(\+srv)?:\/\/./.test(value)) throw new Unreadable('an address such as mongodb://127.0.0.1:27017/signalbox')
  return value
}

type By = Setting<unknown>['by']
function setting<T>(by: By, read: Read<NoInfer<T>>, fallback: T, shown: string, about: string): Setting<T> {
  return { by, read, fallback, shown, about }
}
function secret<T>(by: By, read: Read<NoInfer<T>>, fallback: T, shown: string, about: string): Setting<T> {
  return { by, read, fallback, shown, about, secret: true }
}
const none = undefined as string | undefined

export const settings = {
  PORT: setting(['hub', 'cli'], whole(0, 65_535), 4000, '4000', 'The port the hub listens on; 0 takes a free one.'),
  HOST: setting(['hub', 'cli'], text, '127.0.0.1', '127.0.0.1', 'The address the hub listens on. Beyond loopback it needs a key.'),
  DATA_DIR: setting(
    ['hub', 'collector', 'cli'],
    folder,
    path.join(os.homedir(), '.signalbox'),
    '~/.signalbox',
    'Where the store and the ledger are kept.',
  ),
  MONGODB_URI: secret(
    ['hub', 'cli'],
    mongo,
    none,
    '(none)',
    'A MongoDB to keep the store in instead of `DATA_DIR`, for more than one hub. Its database is named in the address, else `signalbox`.',
  ),
  NODE_ENV: setting(
    ['hub', 'cli'],
    oneOf('production', 'development', 'test'),
    'production' as 'production' | 'development' | 'test',
    'production',
    'In `development`, on loopback, and while no key exists, no key is asked for. `npm start` sets it when no key exists.',
  ),
  API_KEYS: secret(['hub'], list, [] as string[], '(none)', 'Keys with every scope, separated by commas.'),
  CLAUDE_SYNC_API_KEY: secret(
    ['hub', 'collector'],
    text,
    none,
    '(none)',
    'The key a collector sends with; on the hub it has the scope `ingest`.',
  ),
  SIGNALBOX_URL: setting(
    ['collector', 'cli'],
    url,
    'http://127.0.0.1:4000',
    'http://127.0.0.1:4000',
    'Where collector and commands find the hub.',
  ),
  SIGNALBOX_API_KEY: secret(
    ['collector', 'cli'],
    text,
    none,
    '(none)',
    'The key for commands that ask the hub; the collector uses it where `CLAUDE_SYNC_API_KEY` is not set.',
  ),
  MACHINE_ID: setting(['collector', 'cli'], text, none, 'the host name', 'The name this machine has on the hub.'),
  CLAUDE_CONFIG_DIR: setting(
    ['collector', 'cli'],
    places,
    [] as string[],
    '~/.config/claude and ~/.claude',
    'Where Claude Code keeps its files; several folders are separated by commas. Transcripts are below `projects/` in each.',
  ),
  EXTRA_TRANSCRIPT_DIRS: setting(
    ['collector', 'cli'],
    places,
    [] as string[],
    '(none)',
    'More folders with transcripts, separated by commas; read as they are, without `projects/`.',
  ),
  TIMEZONE: setting(
    ['hub', 'collector', 'cli'],
    timezone,
    none,
    "the machine's zone",
    'The IANA time zone in which days begin, where a question names none.',
  ),
  WEEK_START: setting(
    ['hub', 'cli'],
    oneOf('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'),
    'monday' as 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday',
    'monday',
    'The day on which a week begins.',
  ),
  PRICE_TABLE: setting(
    ['hub', 'cli'],
    place,
    none,
    'the table that comes with Signalbox',
    'A JSON file of prices to use instead; see docs/prices.md.',
  ),
  REDACT_PROJECTS: setting(['collector', 'cli'], flag, false, 'false', 'Send a hash instead of the working directory and the branch.'),
  RATE_LIMIT_PER_MINUTE: setting(['hub'], whole(1, 1_000_000), 100, '100', 'Requests a minute for one key, or one address without a key.'),
  INGEST_LIMIT_PER_MINUTE: setting(['hub'], whole(1, 1_000_000), 600, '600', 'Requests a minute for one key on the ingest routes.'),
  DASHBOARD_LIMIT_PER_MINUTE: setting(['hub'], whole(1, 1_000_000), 1000, '1000', 'Requests a minute for one browser that is signed in.'),
  HEARTBEAT_LIMIT_PER_MINUTE: setting(['hub'], whole(1, 1_000_000), 120, '120', 'Heartbeats a minute for one session or machine.'),
  STALL_THRESHOLD_MS: setting(
    ['hub'],
    whole(1000, 86_400_000),
    300_000,
    '300000',
    'Milliseconds without a heartbeat after which a session is stalled, where it promised no interval of its own.',
  ),
  MACHINE_OFFLINE_MS: setting(
    ['hub'],
    whole(1000, 604_800_000),
    600_000,
    '600000',
    'Milliseconds without a heartbeat, of its own or of a session on it, after which a machine is offline.',
  ),
  RETENTION_DAYS: setting(
    ['hub', 'cli'],
    whole(7, 36_500) as Read<number | undefined>,
    undefined as number | undefined,
    '(never)',
    'Days after their end when archived sessions are removed for good. Ended sessions are archived after 90 days.',
  ),
  MAX_VERSIONS: setting(['hub'], whole(1, 1_000_000), 100, '100', 'Readings of the plan limits that are kept, however old they are.'),
  RETENTION_DAYS_LIMITS: setting(
    ['hub'],
    whole(1, 36_500),
    7,
    '7',
    'Days for which every reading of the plan limits is kept, however many they are; charts keep 400 days.',
  ),
  LIMIT_MIRROR: setting(
    ['hub', 'cli'],
    flag,
    true,
    'true',
    'Keep readings of the plan limits as plain files in `DATA_DIR` too, for people and other programs.',
  ),
  LIMIT_SOURCES: setting(
    ['collector', 'cli'],
    (value) => (value === 'none' ? [] : list(value).map(oneOf('claude-json', 'statusline', 'console'))),
    ['claude-json', 'statusline', 'console'] as ('claude-json' | 'statusline' | 'console')[],
    'claude-json,statusline,console',
    'Where the plan limits are read; `console` only after `signalbox console login`. `none` reads nothing.',
  ),
  CLAUDE_CONSOLE_URL: setting(
    ['collector', 'cli'],
    url,
    'https://claude.ai/settings/usage',
    'https://claude.ai/settings/usage',
    'The page on which Claude shows how much of the plan is used.',
  ),
  CLAUDE_SYNC_URL: setting(
    ['collector'],
    url as Read<string | undefined>,
    undefined as string | undefined,
    '`SIGNALBOX_URL` with `/api/claude/console-usage`',
    'Where readings of the plan limits are sent, where that is another hub.',
  ),
  SYNC_VERBOSE: setting(['collector'], flag, false, 'false', 'Log every try of sending a reading, with its time and its outcome.'),
  TRUST_PROXY: setting(
    ['hub'],
    list,
    [] as string[],
    '(none)',
    'Addresses or networks of proxies whose `X-Forwarded-*` headers are believed, separated by commas.',
  ),
  BROWSER_PATH: setting(
    ['collector', 'cli'],
    place,
    none,
    'the first Chrome or Chromium found',
    'The browser that reads the usage page, and that the tests drive; `signalbox doctor` says which one it is.',
  ),
  LOG_LEVEL: setting(
    ['hub', 'collector', 'cli'],
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'info' as 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent',
    'info',
    'The least serious log line that is written.',
  ),
} as const

export type SettingName = keyof typeof settings
type Value<N extends SettingName> = (typeof settings)[N]['fallback']
export type Settings<N extends SettingName> = { readonly [K in N]: Value<K> }

/** One line per wrong setting, each naming the setting, what it held and what it may hold. */
export class SettingsError extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'SettingsError'
    this.problems = problems
  }
}

/**
 * Reads the named settings from an environment. An empty text counts as not set.
 * @throws SettingsError naming every wrong one at once; the value of a secret is never repeated.
 */
export function readSettings<N extends SettingName>(env: NodeJS.ProcessEnv, names: readonly N[]): Settings<N> {
  const values: Partial<Record<SettingName, unknown>> = {}
  const problems: string[] = []
  for (const name of names) {
    const { read, fallback, secret } = settings[name] as Setting<unknown>
    const given = env[name]?.trim()
    try {
      values[name] = given === undefined || given === '' ? fallback : read(given)
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      problems.push(`${name} ${secret ? 'is wrong' : `is "${given}"`}; it must be ${error.message}`)
    }
  }
  if (problems.length > 0) throw new SettingsError(problems)
  return values as Settings<N>
}
