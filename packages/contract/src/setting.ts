import os from 'node:os'
import path from 'node:path'
import { type AgentName, agentNames } from './agent.ts'
import { type LimitSource, limitSources } from './limit-source.ts'
import { isName } from './printable.ts'
import { canonicalZone, zoneExamples } from './time-zone.ts'

/**
 * Every setting of every app: name, default, description and parser. `docs/configuration.md` is tested against this table.
 * This file imports no schema library: the CLI reads settings before its first line of output, and loading the library
 * would add half as much again to that time.
 */

/** The value of a setting is invalid; the message describes valid values. */
class InvalidValue extends Error {}

type Parse<T> = (text: string) => T

export interface Setting<T> {
  /** The programs that read the setting. */
  readonly usedBy: readonly ('hub' | 'collector' | 'cli')[]
  readonly description: string
  /** The default as written in the documentation. */
  readonly documentedDefault: string
  readonly secret?: true
  readonly defaultValue: T
  readonly parse: Parse<T>
}

const text: Parse<string> = (value) => value
const list: Parse<string[]> = (value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** Whether a path lies in a virtual file system of the Linux kernel. */
export function isKernelPath(path: string): boolean {
  return /^\/(?:proc|sys)(?:\/|$)/.test(path)
}

/** Makes a path absolute. Expands `~` as well, because no shell does so for a `.env` file. */
const filePath: Parse<string> = (value) => path.resolve(value.replace(/^~(?=$|[/\\])/, () => os.homedir()))
/** A folder that can be created. Kernel paths are rejected, because creating a folder with its parents hangs there. */
const folder: Parse<string> = (value) => {
  const folderPath = filePath(value)
  if (isKernelPath(folderPath)) throw new InvalidValue('a folder on a disk, which /proc and /sys are not')
  return folderPath
}
const filePaths: Parse<string[]> = (value) => list(value).map(filePath)
const filePathsOrNone: Parse<string[] | undefined> = (value) => (value === 'none' ? [] : filePaths(value))

/** Groups of projects: `shop=acme/shop-*, ~/shop; blog=acme/blog`. */
const projectGroups: Parse<{ name: string; projects: string[] }[]> = (value) =>
  value
    .split(';')
    .filter((group) => group.trim() !== '')
    .map((group) => {
      const [, name = '', projects = ''] = /^\s*([^=]*?)\s*=(.*)$/s.exec(group) ?? []
      const parts = list(projects).map((part) => part.replace(/^~(?=$|[/\\])/, () => os.homedir()))
      if (name === '' || parts.length === 0 || name.length > 200 || !isName(name)) {
        throw new InvalidValue('groups such as shop=acme/shop-api,acme/shop-web;blog=~/blog')
      }
      return { name, projects: parts }
    })

function integer(min: number, max: number): Parse<number> {
  return (value) => {
    const number = Number(value)
    if (!/^\d+$/.test(value) || number < min || number > max) throw new InvalidValue(`a whole number from ${min} to ${max}`)
    return number
  }
}

function oneOf<const T extends string>(...names: readonly T[]): Parse<T> {
  return (value) => {
    const name = names.find((candidate) => candidate === value)
    if (name === undefined) throw new InvalidValue(`one of ${names.join(', ')}`)
    return name
  }
}

const durationUnits: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds; 0 for `never`. */
function duration(maxDays: number): Parse<number> {
  return (value) => {
    if (value === 'never' || value === '0') return 0
    const [, count = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(value) ?? []
    const ms = Number(count) * (durationUnits[unit] ?? 0)
    if (ms === 0 || ms > maxDays * 86_400_000) throw new InvalidValue(`a time such as 90s, 30m, 24h or 7d, up to ${maxDays}d; 0 or never`)
    return ms
  }
}

const flag: Parse<boolean> = (value) => oneOf('true', 'false')(value) === 'true'

const timezone: Parse<string> = (value) => {
  // Checking UTC would load Intl, which costs every command 20 ms.
  if (value === 'UTC') return value
  const zone = canonicalZone(value)
  if (zone === undefined) throw new InvalidValue(zoneExamples)
  return zone
}

const url: Parse<string> = (value) => {
  if (!/^https?:/.test(value) || !isUrl(value)) throw new InvalidValue('an http or https address')
  return value.replace(/\/+$/, '')
}

/** `URL.canParse`, which the oldest Node 18 does not have; the plugin's hooks read settings with the Node there is. */
function isUrl(value: string): boolean {
  try {
    new URL(value)
    return true
  } catch {
    return false
  }
}

/** An address of our own, which other addresses are appended to. */
const publicUrl: Parse<string> = (value) => {
  const parsed = url(value)
  const { search, hash, username, pathname } = new URL(parsed)
  if (search !== '' || hash !== '' || username !== '') throw new InvalidValue('an http or https address without a user, ? and #')
  return new URL(parsed).origin + basePath(pathname)
}

/** Without a slash at its end; it is written into pages, headers and cookies as it is. */
const basePath: Parse<string> = (value) => {
  const path = value.replace(/\/+$/, '')
  if (path !== '' && (!/^(?:\/[\w.~-]+)+$/.test(path) || /\/\.{1,2}(?:\/|$)/.test(path))) {
    throw new InvalidValue('a path such as /signalbox, of letters, digits and - . _ ~')
  }
  return path
}

const machineId: Parse<string> = (value) => {
  if (value.length > 200 || !isName(value)) throw new InvalidValue('at most 200 characters, and none that control a terminal')
  return value
}

const mongo: Parse<string> = (value) => {
  if (!/^mongodb(\+srv)?:\/\/./.test(value)) throw new InvalidValue('an address such as mongodb://127.0.0.1:27017/signalbox')
  return value
}

const smtp: Parse<string> = (value) => {
  if (!/^smtps?:\/\/./.test(value) || !isUrl(value)) throw new InvalidValue('an address such as smtps://user:password@mail.example.com')
  return value
}

const contact: Parse<string> = (value) => {
  if (!/^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/.test(value)) throw new InvalidValue('mailto: with an e-mail address, or an https address')
  return value
}

const secretKey: Parse<string> = (value) => {
  if (value.length < 16) throw new InvalidValue('at least 16 characters: openssl rand -hex 32')
  return value
}

type UsedBy = Setting<unknown>['usedBy']
function setting<T>(usedBy: UsedBy, parse: Parse<NoInfer<T>>, defaultValue: T, documentedDefault: string, description: string): Setting<T> {
  return { usedBy, parse, defaultValue, documentedDefault, description }
}
function secret<T>(usedBy: UsedBy, parse: Parse<NoInfer<T>>, defaultValue: T, documentedDefault: string, description: string): Setting<T> {
  return { usedBy, parse, defaultValue, documentedDefault, description, secret: true }
}
const none = undefined as string | undefined

export const settings = {
  PORT: setting(['hub', 'cli'], integer(0, 65_535), 4000, '4000', 'The port the hub listens on; 0 picks a free one.'),
  HOST: setting(
    ['hub', 'cli'],
    text,
    '127.0.0.1',
    '127.0.0.1',
    'The address the hub listens on. Addresses other than loopback require a key.',
  ),
  DATA_DIR: setting(
    ['hub', 'collector', 'cli'],
    folder,
    path.join(os.homedir(), '.signalbox'),
    '~/.signalbox',
    'The folder of the hub database and the local database.',
  ),
  MONGODB_URI: secret(
    ['hub', 'cli'],
    mongo,
    none,
    '(none)',
    'A MongoDB to use as the hub database instead of `DATA_DIR`, for more than one hub. The address names the database; the default is `signalbox`.',
  ),
  NODE_ENV: setting(
    ['hub', 'cli'],
    oneOf('production', 'development', 'test'),
    'production' as 'production' | 'development' | 'test',
    'production',
    'In `development`, on loopback, and while no key exists, programs of the same user need no key (Linux). `npm start` sets `development` when no key is set.',
  ),
  API_KEYS: secret(['hub'], list, [] as string[], '(none)', 'Keys with every scope, separated by commas.'),
  CLAUDE_SYNC_API_KEY: secret(
    ['hub', 'collector'],
    text,
    none,
    '(none)',
    'The key a collector sends with; the hub grants it the scope `ingest`.',
  ),
  SIGNALBOX_URL: setting(
    ['collector', 'cli'],
    url,
    'http://127.0.0.1:4000',
    'the hub that is found, else http://127.0.0.1:4000',
    'The address of the hub, for the collector and the commands. Without it they look for one: docs/connect.md.',
  ),
  SIGNALBOX_API_KEY: secret(
    ['collector', 'cli'],
    text,
    none,
    '(none)',
    'The key of commands that call the hub; the collector uses it when `CLAUDE_SYNC_API_KEY` is not set.',
  ),
  MACHINE_ID: setting(
    ['collector', 'cli'],
    machineId as Parse<string | undefined>,
    none,
    'the host name',
    'The id of this machine on the hub. Set it in a container, whose host name is another one at each start.',
  ),
  CLAUDE_CONFIG_DIR: setting(
    ['collector', 'cli'],
    filePaths,
    [] as string[],
    '~/.config/claude and ~/.claude',
    'The configuration folders of Claude Code, separated by commas. Transcripts are below `projects/` in each.',
  ),
  EXTRA_TRANSCRIPT_DIRS: setting(
    ['collector', 'cli'],
    filePaths,
    [] as string[],
    '(none)',
    'More folders with transcripts, separated by commas; read directly, without `projects/`.',
  ),
  CLAUDE_DESKTOP_DIRS: setting(
    ['collector', 'cli'],
    filePathsOrNone,
    undefined as string[] | undefined,
    'those of the system',
    'The data folders of Claude Desktop, separated by commas, whose Cowork sessions are read; `none` reads none. See docs/claude-code.md.',
  ),
  CODEX_HOME: setting(
    ['collector', 'cli'],
    filePaths,
    [] as string[],
    '~/.codex, where Codex has run',
    'The folders of Codex, separated by commas. Its transcripts are below `sessions/` and `archived_sessions/` in each.',
  ),
  TRANSCRIPT_SOURCES: setting(
    ['collector', 'cli'],
    (value) => (value === 'none' ? [] : list(value).map(oneOf(...agentNames))),
    [...agentNames] as AgentName[],
    'all sources',
    'The agents whose transcripts are read, such as `claude-code,codex`. Calls that were read before stay. `none` reads only `EXTRA_TRANSCRIPT_DIRS`.',
  ),
  TIMEZONE: setting(
    ['hub', 'collector', 'cli'],
    timezone,
    none,
    "the machine's zone",
    'The IANA time zone in which days begin, unless a request names another.',
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
    filePath,
    none,
    'the table that comes with Signalbox',
    'A JSON file of prices to use instead; see docs/prices.md.',
  ),
  PROJECT_GROUPS: setting(
    ['hub', 'cli'],
    projectGroups,
    [] as { name: string; projects: string[] }[],
    '(none)',
    'Repositories that count as one project in usage reports: `shop=acme/shop-api,acme/shop-web;blog=~/blog`, by the last parts of their addresses or by folder; `*` stands for any part of a name.',
  ),
  REDACT_PROJECTS: setting(
    ['collector', 'cli'],
    flag,
    false,
    'false',
    'Send a hash instead of the working directory, its project and the branch.',
  ),
  RATE_LIMIT_PER_MINUTE: setting(
    ['hub'],
    integer(1, 1_000_000),
    100,
    '100',
    'Requests per minute for one key, or for one address without a key; refused requests count too.',
  ),
  INGEST_LIMIT_PER_MINUTE: setting(['hub'], integer(1, 1_000_000), 600, '600', 'Requests per minute for one key on the ingest routes.'),
  DASHBOARD_LIMIT_PER_MINUTE: setting(['hub'], integer(1, 1_000_000), 1000, '1000', 'Requests per minute for one signed-in browser.'),
  HEARTBEAT_LIMIT_PER_MINUTE: setting(['hub'], integer(1, 1_000_000), 120, '120', 'Heartbeats per minute for one session or machine.'),
  MAX_CONNECTIONS: setting(
    ['hub'],
    integer(10, 1_000_000),
    10_000,
    '10000, or 100 fewer than the files that the hub may open',
    'Open connections in all.',
  ),
  MAX_CONNECTIONS_PER_ADDRESS: setting(
    ['hub'],
    integer(5, 1_000_000),
    2_000,
    '2000, or half of all',
    'Open connections of one address. Those of `TRUST_PROXY` have no such limit.',
  ),
  KEY_LIMIT_PER_MINUTE: setting(
    ['hub'],
    integer(1, 100_000_000),
    1_200_000,
    '1200000',
    'Requests per minute for one key in all, heartbeats of all its sessions included.',
  ),
  INGEST_ROWS_PER_DAY: setting(
    ['hub'],
    integer(5_000, 1_000_000_000),
    5_000_000,
    '5000000',
    'Calls, observations and snapshots that one key may send in 24 hours.',
  ),
  INGEST_MB_PER_DAY: setting(
    ['hub'],
    integer(8, 1_000_000),
    4_000,
    '4000',
    'Megabytes of calls, observations, snapshots and telemetry that one key may send in 24 hours.',
  ),
  SNAPSHOTS_PER_DAY: setting(
    ['hub'],
    integer(10, 10_000_000),
    20_000,
    '20000',
    'Snapshots of the plan limits that one key may send in 24 hours; each is kept for `RETENTION_DAYS_LIMITS`.',
  ),
  NEW_NAMES_PER_DAY: setting(
    ['hub'],
    integer(10, 1_000_000),
    20_000,
    '20000',
    'Machines, sessions, collectors, accounts and projects that one key may be the first to name in 24 hours.',
  ),
  STALL_THRESHOLD_MS: setting(
    ['hub'],
    integer(1000, 86_400_000),
    300_000,
    '300000',
    'Milliseconds without a heartbeat after which a session is stalled, unless it set a heartbeat interval of its own.',
  ),
  STALLED_FAIL_AFTER: setting(
    ['hub'],
    duration(365),
    86_400_000,
    '24h',
    'How long a session may be stalled before it is failed and its slot is free, such as `30m`, `24h` or `7d`; `0` or `never` leaves it stalled. A session may set its own.',
  ),
  MACHINE_OFFLINE_MS: setting(
    ['hub'],
    integer(1000, 604_800_000),
    600_000,
    '600000',
    'Milliseconds after which a machine is offline, without a heartbeat of its own or of a session on it.',
  ),
  RETENTION_DAYS: setting(
    ['hub', 'cli'],
    integer(7, 36_500) as Parse<number | undefined>,
    undefined as number | undefined,
    '(never)',
    'Days after their end when archived sessions are deleted. Ended sessions are archived after 90 days.',
  ),
  MAX_VERSIONS: setting(['hub'], integer(1, 1_000_000), 100, '100', 'Snapshots of the plan limits to keep, regardless of their age.'),
  RETENTION_DAYS_LIMITS: setting(
    ['hub'],
    integer(1, 36_500),
    7,
    '7',
    'Days for which every snapshot of the plan limits is kept, regardless of their number; charts keep 400 days.',
  ),
  LIMIT_MIRROR: setting(
    ['hub', 'cli'],
    flag,
    true,
    'true',
    'Write snapshots of the plan limits as JSON files to `DATA_DIR` as well, for people and other programs.',
  ),
  LIMIT_SOURCES: setting(
    ['collector', 'cli'],
    (value) => (value === 'none' ? [] : list(value).map(oneOf(...limitSources))),
    [...limitSources] as LimitSource[],
    'all sources',
    'The sources of plan limits to read, separated by commas; `console` runs only after `signalbox web login`. `none` reads nothing.',
  ),
  CLAUDE_CONSOLE_URL: setting(
    ['collector', 'cli'],
    url,
    'https://claude.ai/settings/usage',
    'https://claude.ai/settings/usage',
    'The page on which Claude shows the usage of the plan.',
  ),
  CLAUDE_SYNC_URL: setting(
    ['collector'],
    url as Parse<string | undefined>,
    undefined as string | undefined,
    '`SIGNALBOX_URL` with `/api/claude/console-usage`',
    'The address that snapshots of the plan limits are sent to, when it is another hub.',
  ),
  SYNC_VERBOSE: setting(['collector'], flag, false, 'false', 'Log every attempt to send a snapshot, with its duration and its outcome.'),
  SIGN_IN_DAYS: setting(['hub'], integer(1, 365), 30, '30', 'Days after which a browser has to sign in again.'),
  SIGN_IN_IDLE_DAYS: setting(['hub'], integer(1, 365), 7, '7', 'Days after which a browser that was not used has to sign in again.'),
  PUBLIC_URL: setting(
    ['hub', 'cli'],
    publicUrl as Parse<string | undefined>,
    none,
    'what each request says',
    'The address at which people and other machines reach the hub, such as `https://example.com/signalbox`; see docs/proxy.md.',
  ),
  BASE_PATH: setting(
    ['hub', 'cli'],
    basePath,
    '',
    'the path of `PUBLIC_URL`',
    'The path below which a proxy serves the hub, such as `/signalbox`, when `PUBLIC_URL` is not set.',
  ),
  TLS_CERT: setting(
    ['hub'],
    filePath as Parse<string | undefined>,
    none,
    '(none)',
    'A file with a certificate in PEM format, and those of its issuers: the hub then speaks https on `PORT`. With `TLS_KEY`.',
  ),
  TLS_KEY: setting(
    ['hub'],
    filePath as Parse<string | undefined>,
    none,
    '(none)',
    'The file with the key of `TLS_CERT`. Both are read again at SIGHUP; see docs/proxy.md.',
  ),
  TRUST_PROXY: setting(
    ['hub'],
    list,
    [] as string[],
    '(none)',
    'Addresses or networks of proxies whose `X-Forwarded-*` headers are trusted, separated by commas; `loopback`, `linklocal` and `uniquelocal` name such networks.',
  ),
  ALERTS: setting(['hub'], flag, true, 'true', 'Judge alert rules and send messages. `false` does neither; rules and channels stay.'),
  ALERTS_FILE: setting(
    ['hub'],
    filePath as Parse<string | undefined>,
    none,
    '(none)',
    'A JSON file with alert rules and channels, which then cannot be changed on the page; a `NAME` in braces after a dollar sign takes a secret from the environment.',
  ),
  ALERT_GROUP_MS: setting(
    ['hub'],
    integer(0, 600_000),
    10_000,
    '10000',
    'Milliseconds that a message waits for others of the same kind, to go with them; the first that says that a session waits for a person waits one second at most.',
  ),
  ALERT_ALLOW_NETWORKS: setting(
    ['hub'],
    list,
    [] as string[],
    '(none)',
    'Private addresses that channels may send to, separated by commas: networks such as `192.168.1.0/24`, or `loopback`. A hub that listens on loopback alone may send to them without it.',
  ),
  SMTP_URL: secret(
    ['hub'],
    smtp as Parse<string | undefined>,
    none,
    '(none)',
    'The mail server for alerts by e-mail, such as `smtps://user:password@mail.example.com`.',
  ),
  SMTP_FROM: setting(
    ['hub'],
    text as Parse<string | undefined>,
    none,
    '(none)',
    'The sender of alerts by e-mail, such as `Signalbox <alerts@example.com>`.',
  ),
  VAPID_SUBJECT: setting(
    ['hub'],
    contact as Parse<string | undefined>,
    none,
    '`PUBLIC_URL`',
    'Whom the push service of a browser can ask about this hub: `mailto:` with an address, or an https address.',
  ),
  HEARTBEAT_URL: secret(
    ['hub'],
    url as Parse<string | undefined>,
    none,
    '(none)',
    'An address of a service outside, such as healthchecks, that is asked every minute while the hub is well: when that ends, the service sends an alert.',
  ),
  HEARTBEAT_STYLE: setting(
    ['hub'],
    oneOf('healthchecks', 'plain'),
    'healthchecks' as 'healthchecks' | 'plain',
    'healthchecks',
    'Whether `HEARTBEAT_URL` takes `/start` and `/fail` at its end; `plain` is only asked while the hub is well.',
  ),
  SECRET_KEY: secret(
    ['hub'],
    secretKey as Parse<string | undefined>,
    none,
    '`DATA_DIR/secret.key`',
    'The key that seals the secrets of channels; hubs that share a database need the same. `openssl rand -hex 32` makes one.',
  ),
  BROWSER_PATH: setting(
    ['collector', 'cli'],
    filePath,
    none,
    'the first Chrome or Chromium found',
    'The browser that reads the usage page and runs the tests; `signalbox doctor` shows which one is used.',
  ),
  LOG_LEVEL: setting(
    ['hub', 'collector', 'cli'],
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'info' as 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent',
    'info',
    'The lowest level of log lines that are written.',
  ),
} as const

export type SettingName = keyof typeof settings
type Value<N extends SettingName> = (typeof settings)[N]['defaultValue']
export type Settings<N extends SettingName> = { readonly [K in N]: Value<K> }

/** One line per invalid setting, with its name, its value and the valid values. */
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
 * @throws SettingsError with every invalid setting; the value of a secret is never part of it
 */
export function readSettings<N extends SettingName>(env: NodeJS.ProcessEnv, names: readonly N[]): Settings<N> {
  const values: Partial<Record<SettingName, unknown>> = {}
  const problems: string[] = []
  for (const name of names) {
    const { parse, defaultValue, secret } = settings[name] as Setting<unknown>
    const given = env[name]?.trim()
    try {
      values[name] = given === undefined || given === '' ? defaultValue : parse(given)
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error
      problems.push(`${name} ${secret ? 'is wrong' : `is "${given}"`}; it must be ${error.message}`)
    }
  }
  if (problems.length > 0) throw new SettingsError(problems)
  return values as Settings<N>
}
