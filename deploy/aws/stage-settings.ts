/** What a stage is given: by its name, and by its .env file. */
export interface StageSettings {
  readonly isProduction: boolean
  readonly logRetention: '1 week' | '1 month' | '3 months'
  /** Requests a second at the gateway, steady and for a moment. */
  readonly throttle: { readonly rate: number; readonly burst: number }
  /** Whether it has alarms and a board. */
  readonly isWatched: boolean
  /** Executions at once that the requests may have, and as many again for open pages; undefined leaves both to the account. */
  readonly reserved: number | undefined
  /** Instances that are kept warm. */
  readonly provisioned: number
  readonly domain: { readonly name: string; readonly certificate: string | undefined } | undefined
  readonly alarmEmail: string | undefined
  readonly vpc: { readonly privateSubnets: string[]; readonly securityGroups: string[] } | undefined
  /** Settings of the hub that are no secrets. */
  readonly hub: Record<string, string>
}

type Env = Readonly<Record<string, string | undefined>>

const sizes = {
  dev: { isProduction: false, logRetention: '1 week', throttle: { rate: 20, burst: 40 }, isWatched: false, reserved: undefined },
  staging: { isProduction: false, logRetention: '1 month', throttle: { rate: 50, burst: 100 }, isWatched: true, reserved: undefined },
  production: { isProduction: true, logRetention: '3 months', throttle: { rate: 200, burst: 400 }, isWatched: true, reserved: 50 },
} as const

/** A new account runs so many functions at once. */
export const LEAST_CONCURRENCY = 10

/** Settings of the hub that a stage's .env file may have. */
export const hubSettings = [
  'TIMEZONE',
  'WEEK_START',
  'PROJECT_GROUPS',
  'PUBLIC_URL',
  'LOG_LEVEL',
  'RATE_LIMIT_PER_MINUTE',
  'INGEST_LIMIT_PER_MINUTE',
  'DASHBOARD_LIMIT_PER_MINUTE',
  'HEARTBEAT_LIMIT_PER_MINUTE',
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
  'SIGN_IN_DAYS',
  'SIGN_IN_IDLE_DAYS',
  'ALERTS',
  'ALERT_GROUP_MS',
  'ALERT_ALLOW_NETWORKS',
  'SMTP_FROM',
  'VAPID_SUBJECT',
] as const

/** Secrets of SST by the settings that they are for. An optional one may stay unset. */
export const secrets = {
  MONGODB_URI: { name: 'MongodbUri', isOptional: false },
  API_KEYS: { name: 'ApiKeys', isOptional: false },
  SECRET_KEY: { name: 'SecretKey', isOptional: false },
  CLAUDE_SYNC_API_KEY: { name: 'SyncKey', isOptional: true },
  SMTP_URL: { name: 'SmtpUrl', isOptional: true },
} as const

/** @param stage a name that is none of the three is a stage as small as dev @throws Error with all that is wrong in `env` */
export function readStageSettings(stage: string, env: Env): StageSettings {
  const size = sizes[stage as keyof typeof sizes] ?? sizes.dev
  const problems: string[] = []
  const text = (name: string) => env[name]?.trim() || undefined
  const list = (name: string) => (text(name) ?? '').split(',').flatMap((part) => part.trim() || [])
  const count = (name: string) => {
    const value = text(name)
    if (value === undefined) return undefined
    if (!/^\d{1,4}$/.test(value)) problems.push(`${name} is a number, and not ${value}`)
    return Number(value)
  }
  const name = text('STAGE_DOMAIN')
  const certificate = text('STAGE_CERTIFICATE')
  if (name !== undefined && !/^[a-z\d-]+(\.[a-z\d-]+)+$/.test(name)) problems.push('STAGE_DOMAIN is a host such as signalbox.example.com')
  if (certificate !== undefined && name === undefined) problems.push('STAGE_CERTIFICATE needs STAGE_DOMAIN')
  const privateSubnets = list('STAGE_SUBNETS')
  const securityGroups = list('STAGE_SECURITY_GROUPS')
  if ((privateSubnets.length === 0) !== (securityGroups.length === 0)) problems.push('STAGE_SUBNETS and STAGE_SECURITY_GROUPS go together')
  const reserved = count('STAGE_RESERVED_CONCURRENCY') ?? size.reserved
  const provisioned = count('STAGE_PROVISIONED_CONCURRENCY') ?? 0
  if (problems.length > 0) throw new Error(`.env.${stage}: ${problems.join('; ')}`)
  const hub = Object.fromEntries(hubSettings.flatMap((setting) => (text(setting) === undefined ? [] : [[setting, text(setting)!]])))
  return {
    ...size,
    reserved: reserved === 0 ? undefined : reserved,
    provisioned,
    domain: name === undefined ? undefined : { name, certificate },
    alarmEmail: text('STAGE_ALARM_EMAIL'),
    vpc: privateSubnets.length === 0 ? undefined : { privateSubnets, securityGroups },
    hub: { ...(name === undefined ? {} : { PUBLIC_URL: `https://${name}` }), ...hub },
  }
}

/** A function answers one request at a time, and instances share the connections that the database allows. */
const pool = { maxPoolSize: '5', maxIdleTimeMS: '60000' }

/** The address of the database with a small pool, where it does not ask for one of its own. */
export function withSmallPool(uri: string): string {
  const [address = '', query = ''] = uri.split('?', 2)
  const missing = Object.entries(pool).filter(([name]) => !new RegExp(`(^|&)${name}=`, 'i').test(query))
  const options = [...(query === '' ? [] : [query]), ...missing.map((pair) => pair.join('='))].join('&')
  const hasPath = /^[a-z+]+:\/\/[^/]*\//.test(address)
  return options === '' ? uri : `${address}${hasPath ? '' : '/'}?${options}`
}
