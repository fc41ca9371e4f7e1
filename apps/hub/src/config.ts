import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { isIP } from 'node:net'
import { machineZone } from '@signalbox/contract/machine-zone'
import { type Scope, scopes } from '@signalbox/contract/scope'
import { readSettings, type Settings, SettingsError } from '@signalbox/contract/setting'
import { isLoopback } from '@signalbox/hub-address/this-machine'
import { defaultPriceTable, type PriceTable, PriceTableError, parsePriceTable } from '@signalbox/usage/price-table'
import type { ProjectGroup } from '@signalbox/usage/project-map'
import type { WeekStart } from '@signalbox/usage/zone'
import { networkProblem } from './alert/wire-networks.ts'
import type { CertificateFiles } from './http/certificate.ts'
import type { ConnectionLimits } from './http/connections.ts'
import { isWeakKey, STRONG_KEY_BITS } from './http/key-strength.ts'
import type { Rules } from './state/change-set.ts'

/** A key from the environment, of which only the hash is kept in memory. */
export interface EnvironmentKey {
  /** Shown to people and in the log. */
  readonly name: string
  readonly id: string
  readonly scopes: readonly Scope[]
  /** SHA-256 of the key. */
  readonly hash: Buffer
  /** Whether it could be guessed. */
  readonly weak: boolean
}

export interface HubConfig {
  readonly host: string
  readonly port: number
  /** Whether the hub can be reached from this machine only. */
  readonly loopback: boolean
  readonly dataDir: string
  /** The MongoDB of the store; undefined for SQLite in the data folder. */
  readonly mongoUri: string | undefined
  readonly development: boolean
  readonly environmentKeys: readonly EnvironmentKey[]
  /** IANA name. */
  readonly timezone: string
  /** Why that is UTC although TIMEZONE does not say so. */
  readonly timezoneProblem?: string
  readonly weekStart: WeekStart
  readonly prices: PriceTable
  /** Repositories that count as one project in reports. */
  readonly projectGroups: readonly ProjectGroup[]
  /** Requests per minute. */
  readonly limits: {
    readonly usual: number
    readonly ingest: number
    readonly dashboard: number
    readonly heartbeat: number
    readonly key: number
  }
  /** What one key may bring in 24 hours. */
  readonly quotas: { readonly rows: number; readonly megabytes: number; readonly snapshots: number; readonly names: number }
  readonly connections: ConnectionLimits
  readonly rules: Rules
  /** Days after which archived sessions are removed; undefined: never. */
  readonly retentionDays: number | undefined
  /** Retention of snapshots: the newest `versions`, or those of the last `days`, whichever are more. */
  readonly limitsKept: { readonly versions: number; readonly days: number }
  /** Whether snapshots of the plan limits are also written as JSON files into the data folder. */
  readonly limitMirror: boolean
  readonly trustProxy: readonly string[]
  /** How long a browser stays signed in, in milliseconds. */
  readonly signInAges: { readonly total: number; readonly idle: number }
  /** The hub speaks https itself. */
  readonly tls: CertificateFiles | undefined
  /** The address at which clients reach the hub, without a slash at its end; undefined: what each request says. */
  readonly publicUrl: string | undefined
  /** The path of that address; empty at the root. */
  readonly basePath: string
  readonly logLevel: Settings<'LOG_LEVEL'>['LOG_LEVEL']
  readonly alerts: AlertConfig
}

export interface AlertConfig {
  readonly enabled: boolean
  /** A file with rules and channels. */
  readonly file: string | undefined
  readonly groupMs: number
  /** Private networks that channels may send to. */
  readonly allowNetworks: readonly string[]
  /** The mail server, and the sender. */
  readonly mail: { readonly url: string; readonly from: string } | undefined
  readonly vapidSubject: string | undefined
  readonly heartbeat: { readonly url: string; readonly style: 'healthchecks' | 'plain' } | undefined
  readonly secretKey: string | undefined
}

const DAY_MS = 86_400_000
const names = [
  'PORT',
  'HOST',
  'DATA_DIR',
  'MONGODB_URI',
  'NODE_ENV',
  'API_KEYS',
  'CLAUDE_SYNC_API_KEY',
  'TIMEZONE',
  'WEEK_START',
  'PRICE_TABLE',
  'PROJECT_GROUPS',
  'RATE_LIMIT_PER_MINUTE',
  'INGEST_LIMIT_PER_MINUTE',
  'DASHBOARD_LIMIT_PER_MINUTE',
  'HEARTBEAT_LIMIT_PER_MINUTE',
  'MAX_CONNECTIONS',
  'MAX_CONNECTIONS_PER_ADDRESS',
  'KEY_LIMIT_PER_MINUTE',
  'INGEST_ROWS_PER_DAY',
  'INGEST_MB_PER_DAY',
  'SNAPSHOTS_PER_DAY',
  'NEW_NAMES_PER_DAY',
  'STALL_THRESHOLD_MS',
  'STALLED_FAIL_AFTER',
  'MACHINE_OFFLINE_MS',
  'RETENTION_DAYS',
  'MAX_VERSIONS',
  'RETENTION_DAYS_LIMITS',
  'LIMIT_MIRROR',
  'TRUST_PROXY',
  'SIGN_IN_DAYS',
  'SIGN_IN_IDLE_DAYS',
  'PUBLIC_URL',
  'BASE_PATH',
  'TLS_CERT',
  'TLS_KEY',
  'LOG_LEVEL',
  'ALERTS',
  'ALERTS_FILE',
  'ALERT_GROUP_MS',
  'ALERT_ALLOW_NETWORKS',
  'SMTP_URL',
  'SMTP_FROM',
  'VAPID_SUBJECT',
  'HEARTBEAT_URL',
  'HEARTBEAT_STYLE',
  'SECRET_KEY',
] as const

/** @throws SettingsError with the problems of all settings */
export function readConfig(env: NodeJS.ProcessEnv): HubConfig {
  const problems: string[] = []
  let settings: Settings<(typeof names)[number]> | undefined
  try {
    settings = readSettings(env, names)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    problems.push(...error.problems)
  }
  // Checks beyond the table of settings run even when other settings are invalid, to report all problems together.
  const proxies = listOf(env, 'TRUST_PROXY')
  for (const proxy of proxies)
    if (!isNetwork(proxy)) problems.push(`TRUST_PROXY has "${proxy}"; it must be an address or a network such as 10.0.0.0/8`)
  for (const problem of listOf(env, 'ALERT_ALLOW_NETWORKS').map(networkProblem)) {
    if (problem !== undefined) problems.push(`ALERT_ALLOW_NETWORKS has ${problem}`)
  }
  if (settings !== undefined && !isLoopback(settings.HOST)) problems.push(...weakKeyProblems(settings))
  if (settings !== undefined && (settings.SMTP_URL === undefined) !== (settings.SMTP_FROM === undefined)) {
    problems.push('SMTP_URL and SMTP_FROM belong together; set both, or none')
  }
  if (settings !== undefined && (settings.TLS_CERT === undefined) !== (settings.TLS_KEY === undefined)) {
    problems.push('TLS_CERT and TLS_KEY belong together; set both, or none')
  }
  const publicAddress = readPublicAddress(settings, problems)
  const prices = readPrices(env.PRICE_TABLE?.trim() === '' ? undefined : settings?.PRICE_TABLE, problems)
  if (settings === undefined || prices === undefined || problems.length > 0) throw new SettingsError(problems)

  const machine = machineZone(env.TZ)
  return {
    host: settings.HOST,
    port: settings.PORT,
    loopback: isLoopback(settings.HOST),
    dataDir: settings.DATA_DIR,
    mongoUri: settings.MONGODB_URI,
    development: settings.NODE_ENV === 'development',
    environmentKeys: [
      ...settings.API_KEYS.map((key, index) => environmentKey(`API_KEYS[${index}]`, key, scopes)),
      ...(settings.CLAUDE_SYNC_API_KEY === undefined
        ? []
        : [environmentKey('CLAUDE_SYNC_API_KEY', settings.CLAUDE_SYNC_API_KEY, ['ingest'])]),
    ],
    timezone: settings.TIMEZONE ?? machine.name,
    ...(settings.TIMEZONE !== undefined || machine.problem === undefined ? {} : { timezoneProblem: machine.problem }),
    weekStart: settings.WEEK_START,
    prices,
    projectGroups: settings.PROJECT_GROUPS,
    limits: {
      usual: settings.RATE_LIMIT_PER_MINUTE,
      ingest: settings.INGEST_LIMIT_PER_MINUTE,
      dashboard: settings.DASHBOARD_LIMIT_PER_MINUTE,
      heartbeat: settings.HEARTBEAT_LIMIT_PER_MINUTE,
      key: settings.KEY_LIMIT_PER_MINUTE,
    },
    quotas: {
      rows: settings.INGEST_ROWS_PER_DAY,
      megabytes: settings.INGEST_MB_PER_DAY,
      snapshots: settings.SNAPSHOTS_PER_DAY,
      names: settings.NEW_NAMES_PER_DAY,
    },
    connections: { total: settings.MAX_CONNECTIONS, perAddress: settings.MAX_CONNECTIONS_PER_ADDRESS },
    rules: {
      stallMs: settings.STALL_THRESHOLD_MS,
      machineOfflineMs: settings.MACHINE_OFFLINE_MS,
      stalledFailMs: settings.STALLED_FAIL_AFTER,
    },
    retentionDays: settings.RETENTION_DAYS,
    limitsKept: { versions: settings.MAX_VERSIONS, days: settings.RETENTION_DAYS_LIMITS },
    limitMirror: settings.LIMIT_MIRROR && settings.MONGODB_URI === undefined,
    trustProxy: proxies,
    signInAges: { total: settings.SIGN_IN_DAYS * DAY_MS, idle: settings.SIGN_IN_IDLE_DAYS * DAY_MS },
    tls: settings.TLS_CERT === undefined || settings.TLS_KEY === undefined ? undefined : { cert: settings.TLS_CERT, key: settings.TLS_KEY },
    ...publicAddress,
    logLevel: settings.LOG_LEVEL,
    alerts: alertConfig(settings),
  }
}

function alertConfig(settings: Settings<(typeof names)[number]>): AlertConfig {
  const { SMTP_URL: url, SMTP_FROM: from, HEARTBEAT_URL: heartbeatUrl } = settings
  return {
    enabled: settings.ALERTS,
    file: settings.ALERTS_FILE,
    groupMs: settings.ALERT_GROUP_MS,
    allowNetworks: settings.ALERT_ALLOW_NETWORKS,
    mail: url === undefined || from === undefined ? undefined : { url, from },
    vapidSubject: settings.VAPID_SUBJECT,
    heartbeat: heartbeatUrl === undefined ? undefined : { url: heartbeatUrl, style: settings.HEARTBEAT_STYLE },
    secretKey: settings.SECRET_KEY,
  }
}

/** One setting by itself: another one that is wrong does not hide what is wrong with it. */
function listOf(env: NodeJS.ProcessEnv, name: 'TRUST_PROXY' | 'ALERT_ALLOW_NETWORKS'): readonly string[] {
  return readSettings(env, [name])[name]
}

/** Beyond loopback a key is guessed at from anywhere. */
function weakKeyProblems({ HOST, API_KEYS, CLAUDE_SYNC_API_KEY }: Settings<'HOST' | 'API_KEYS' | 'CLAUDE_SYNC_API_KEY'>): string[] {
  const keys: [string, string][] = API_KEYS.map((key, index) => [`API_KEYS[${index}]`, key])
  if (CLAUDE_SYNC_API_KEY !== undefined) keys.push(['CLAUDE_SYNC_API_KEY', CLAUDE_SYNC_API_KEY])
  return keys
    .filter(([, key]) => isWeakKey(key))
    .map(
      ([name]) =>
        `${name} can be guessed, and HOST is ${HOST}, which other machines can reach; it must have ${STRONG_KEY_BITS} random bits: openssl rand -hex 16. Or create a key with "signalbox keys create NAME"`,
    )
}

/** PUBLIC_URL and BASE_PATH both may say the path. */
function readPublicAddress(
  settings: Pick<Settings<(typeof names)[number]>, 'PUBLIC_URL' | 'BASE_PATH'> | undefined,
  problems: string[],
): Pick<HubConfig, 'publicUrl' | 'basePath'> {
  const { PUBLIC_URL: url, BASE_PATH: path = '' } = settings ?? {}
  if (url === undefined) return { publicUrl: undefined, basePath: path }
  const { origin, pathname } = new URL(url)
  const ownPath = pathname === '/' ? '' : pathname
  if (ownPath !== '' && path !== '' && ownPath !== path) {
    problems.push(`BASE_PATH is "${path}" and PUBLIC_URL ends with "${ownPath}"; set one of them, or both to the same path`)
  }
  return { publicUrl: `${origin}${ownPath || path}`, basePath: ownPath || path }
}

function environmentKey(name: string, key: string, scopes: readonly Scope[]): EnvironmentKey {
  const hash = createHash('sha256').update(key).digest()
  return { name, id: `env_${hash.toString('hex', 0, 6)}`, scopes, hash, weak: isWeakKey(key) }
}

function readPrices(file: string | undefined, problems: string[]): PriceTable | undefined {
  if (file === undefined) return defaultPriceTable()
  try {
    return parsePriceTable(JSON.parse(fs.readFileSync(file, 'utf8')))
  } catch (error) {
    if (error instanceof PriceTableError) {
      problems.push(...error.problems.map(({ path, problem }) => `PRICE_TABLE ${file}: ${path === '' ? 'the table' : path} ${problem}`))
    } else {
      const what = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read'
      problems.push(`PRICE_TABLE is "${file}", which ${what}; it must be a JSON file of prices`)
    }
    return undefined
  }
}

function isNetwork(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [address = '', bits, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}
