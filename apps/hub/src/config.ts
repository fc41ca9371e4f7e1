import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { isIP } from 'node:net'
import type { Scope } from '@signalbox/contract/key'
import { scopes } from '@signalbox/contract/key'
import { readSettings, type Settings, SettingsError } from '@signalbox/contract/setting'
import { defaultPriceTable, type PriceTable, PriceTableError, parsePriceTable } from '@signalbox/usage/price-table'
import type { WeekStart } from '@signalbox/usage/zone'
import type { Rules } from './state/held.ts'

/** A key from the environment: only its hash is carried around. */
export interface EnvironmentKey {
  /** As shown to people and in the log. */
  readonly name: string
  readonly id: string
  readonly scopes: readonly Scope[]
  /** SHA-256 of the key. */
  readonly hash: Buffer
}

export interface HubConfig {
  readonly host: string
  readonly port: number
  /** Whether the hub can be reached from this machine only. */
  readonly loopback: boolean
  readonly dataDir: string
  /** Where the store is, if it is not in the data folder. */
  readonly mongoUri: string | undefined
  readonly development: boolean
  readonly environmentKeys: readonly EnvironmentKey[]
  /** IANA name. */
  readonly timezone: string
  readonly weekStart: WeekStart
  readonly prices: PriceTable
  /** Requests a minute. */
  readonly limits: { readonly usual: number; readonly ingest: number; readonly dashboard: number; readonly heartbeat: number }
  readonly rules: Rules
  /** Days after which archived sessions are removed for good; undefined: never. */
  readonly retentionDays: number | undefined
  /** Readings of the plan limits: the larger of the newest so many and the last so many days. */
  readonly limitsKept: { readonly versions: number; readonly days: number }
  readonly trustProxy: readonly string[]
  readonly logLevel: Settings<'LOG_LEVEL'>['LOG_LEVEL']
}

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
  'RATE_LIMIT_PER_MINUTE',
  'INGEST_LIMIT_PER_MINUTE',
  'DASHBOARD_LIMIT_PER_MINUTE',
  'HEARTBEAT_LIMIT_PER_MINUTE',
  'STALL_THRESHOLD_MS',
  'MACHINE_OFFLINE_MS',
  'RETENTION_DAYS',
  'MAX_VERSIONS',
  'RETENTION_DAYS_LIMITS',
  'TRUST_PROXY',
  'LOG_LEVEL',
] as const

/** @throws SettingsError naming every wrong setting at once */
export function readConfig(env: NodeJS.ProcessEnv): HubConfig {
  const problems: string[] = []
  let settings: Settings<(typeof names)[number]> | undefined
  try {
    settings = readSettings(env, names)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    problems.push(...error.problems)
  }
  // What the table of settings cannot know is asked even when something else is wrong: all of it in one go.
  const proxies = settings?.TRUST_PROXY ?? []
  for (const proxy of proxies)
    if (!isNetwork(proxy)) problems.push(`TRUST_PROXY has "${proxy}"; it must be an address or a network such as 10.0.0.0/8`)
  const prices = readPrices(env.PRICE_TABLE?.trim() === '' ? undefined : settings?.PRICE_TABLE, problems)
  if (settings === undefined || prices === undefined || problems.length > 0) throw new SettingsError(problems)

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
    timezone: settings.TIMEZONE ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
    weekStart: settings.WEEK_START,
    prices,
    limits: {
      usual: settings.RATE_LIMIT_PER_MINUTE,
      ingest: settings.INGEST_LIMIT_PER_MINUTE,
      dashboard: settings.DASHBOARD_LIMIT_PER_MINUTE,
      heartbeat: settings.HEARTBEAT_LIMIT_PER_MINUTE,
    },
    rules: { stallMs: settings.STALL_THRESHOLD_MS, machineOfflineMs: settings.MACHINE_OFFLINE_MS },
    retentionDays: settings.RETENTION_DAYS,
    limitsKept: { versions: settings.MAX_VERSIONS, days: settings.RETENTION_DAYS_LIMITS },
    trustProxy: proxies,
    logLevel: settings.LOG_LEVEL,
  }
}

/** Whether an address, or a name for one, is that of this machine alone. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '')
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'))
}

function environmentKey(name: string, key: string, scopes: readonly Scope[]): EnvironmentKey {
  const hash = createHash('sha256').update(key).digest()
  return { name, id: `env_${hash.toString('hex', 0, 6)}`, scopes, hash }
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
