import { parseArgs } from 'node:util'
import { createKeySchema, KEY_LIFETIME_DAYS, type Key } from '@signalbox/contract/key'
import { printable } from '@signalbox/contract/printable'
import { scopes } from '@signalbox/contract/scope'
import { readSettings } from '@signalbox/contract/setting'
import { ensureOwnerKey, ownerKeyPath, readOwnerKey, rotateOwnerKey } from '@signalbox/hub-address/owner-key'
import { print, printError } from '@signalbox/hub-address/print'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { generateKey } from './http/key-text.ts'
import { runProgram, UsageError } from './program.ts'
import { openSqliteStore } from './store/sqlite/open.ts'
import type { Store } from './store/store.ts'

// Everything that this program writes is for its user alone, in whatever folder it is.
process.umask(0o077)

const usage = `Usage: signalbox keys create NAME [--scopes ${scopes.join(',')}] [--expires 2027-01-31|90d|never]
                                   [--machine ID] [--project ID] [--if-none] [--json]
       signalbox keys list [--json]
       signalbox keys revoke KEY_ID [--json]
       signalbox keys owner [--rotate] [--json]`

const DAY_MS = 86_400_000
/** Who the audit log names: a program on the hub database itself. */
const byCommand = { key_name: 'signalbox keys' }
/** What a key is given that is not said what it is for. */
const DEFAULT_SCOPES = ['read']
const DEFAULT_EXPIRY = `${KEY_LIFETIME_DAYS}d`

/** Works on the store itself, so that the first key can be created before any exists; the hub need not be stopped. */
async function main(args: string[]): Promise<void> {
  const { values, positionals } = parse(args)
  const [command, subject, ...rest] = positionals
  if (values.help) return print(usage)
  if (rest.length > 0) throw new UsageError(`unexpected argument: ${rest.join(' ')}`)
  const { DATA_DIR, MONGODB_URI } = readSettings(process.env, ['DATA_DIR', 'MONGODB_URI'])
  if (values['if-none'] && command !== 'create') throw new UsageError('--if-none goes with "keys create"')
  if (values.rotate && command !== 'owner') throw new UsageError('--rotate goes with "keys owner"')
  const printResult = (line: string, data: unknown) => print(values.json ? JSON.stringify(data, null, 2) : line)
  const withStore = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
    const store = await open(DATA_DIR, MONGODB_URI)
    try {
      return await work(store)
    } finally {
      await store.close()
    }
  }
  if (command === 'create' && subject !== undefined) {
    const request = createKeySchema.safeParse({
      name: subject,
      scopes: values.scopes?.split(',').map((scope) => scope.trim()) ?? DEFAULT_SCOPES,
      ...readExpiry(values.expires ?? DEFAULT_EXPIRY, Date.now()),
      ...(values.machine === undefined ? {} : { machine_id: values.machine }),
      ...(values.project === undefined ? {} : { project_id: values.project }),
    })
    if (!request.success) throw new UsageError(request.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
    const { key, hash, ...fields } = generateKey()
    const { expires_at, ...wanted } = request.data
    const details = { key_id: fields.key_id, ...wanted, ...(expires_at == null ? {} : { expires_at }) }
    const created = await withStore(async (store) => {
      if (values['if-none'] && (await store.keys.anyUsable(Date.now()))) return undefined
      return store.keys.create({ ...fields, ...details }, hash, {
        now: Date.now(),
        audit: () => ({ ...byCommand, action: 'key.created', details }),
      })
    })
    if (created === undefined) return print(values.json ? '{}' : 'There is a key already; none was made.')
    if (!values.json) {
      printError('Keep it now: it is shown this once, and only its hash is stored.')
      printError(
        `It may ${created.scopes.join(', ')}, ${created.expires_at === undefined ? 'for ever' : `until ${created.expires_at.slice(0, 10)}`}; --scopes and --expires give it more or less.`,
      )
      printError(describeOwnersWay(DATA_DIR))
    }
    return printResult(key, { key, ...created })
  }
  if (command === 'list' && subject === undefined) {
    const rows = await withStore(async ({ keys }) => (await keys.list({ limit: 10_000, offset: 0 })).rows)
    return printResult(
      rows.length === 0
        ? `The hub database ${MONGODB_URI === undefined ? `in ${DATA_DIR}` : 'of MONGODB_URI'} has no keys. To make one: signalbox keys create NAME`
        : table(rows, Date.now()),
      rows,
    )
  }
  if (command === 'revoke' && subject !== undefined) {
    const audit = (key: unknown) => ({
      ...byCommand,
      action: 'key.revoked' as const,
      details: { key_id: subject, name: (key as Key).name },
    })
    const revoked = await withStore((store) => store.keys.revoke(subject, undefined, { now: Date.now(), audit }))
    return printResult(`${revoked.key_id} (${printable(revoked.name)}) is revoked; the hub refuses it from now on.`, revoked)
  }
  if (command === 'owner' && subject === undefined) return showOwner(DATA_DIR, values.rotate === true, printResult)
  throw new UsageError(command === undefined ? 'create, list, revoke or owner?' : `"${positionals.join(' ')}" is not a command`)
}

/** The way in that stays when a key is made: the owner's key, which is made here if there is none. */
function describeOwnersWay(dataDir: string): string {
  try {
    ensureOwnerKey(dataDir)
    readOwnerKey(dataDir)
    return `You are not locked out: commands of this user on this machine need no key, they use ${ownerKeyPath(dataDir)}. A browser has to sign in, with this key or: signalbox open`
  } catch (error) {
    const { message, suggestion } = error as Error & { suggestion?: string }
    return `Set SIGNALBOX_API_KEY to this key for your own commands, because the key of the owner cannot be used: ${message} ${suggestion ?? ''}`.trimEnd()
  }
}

/** Shows or replaces the key of the owner; its text is never printed. */
function showOwner(dataDir: string, rotate: boolean, printResult: (line: string, data: unknown) => void): void {
  const file = ownerKeyPath(dataDir)
  if (rotate) {
    rotateOwnerKey(dataDir)
    printResult(`${file} has a new key; the hub refuses the former one from now on.`, { file, exists: true, rotated: true })
    return
  }
  const found = readOwnerKey(dataDir)
  const data = { file, exists: found !== undefined, rotated: false, ...(found?.warning === undefined ? {} : { warning: found.warning }) }
  if (found === undefined) {
    printResult(`There is no ${file} yet. The hub makes it at its start.`, data)
    return
  }
  const use = 'It lets you in with every scope, from this machine only. To replace it: signalbox keys owner --rotate'
  printResult(`The key of the owner is in ${file}. ${use}${found.warning === undefined ? '' : `\n${found.warning}`}`, data)
}

async function open(folder: string, mongoUri: string | undefined): Promise<Store> {
  const prices = defaultPriceTable()
  if (mongoUri === undefined) return openSqliteStore({ folder, prices, keepCuts: true, log: printError })
  const { openMongoStore } = await import('./store/mongo/open.ts')
  return openMongoStore({ uri: mongoUri, prices, keepCuts: true, log: printError })
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        scopes: { type: 'string' },
        expires: { type: 'string' },
        machine: { type: 'string' },
        project: { type: 'string' },
        'if-none': { type: 'boolean' },
        json: { type: 'boolean' },
        rotate: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** A day, an instant, a number of days from now, or never. */
function readExpiry(text: string, now: number): { expires_at?: string } {
  if (text === 'never') return {}
  const [, days] = /^(\d{1,5})d$/.exec(text) ?? []
  const end = days === undefined ? Date.parse(text) : now + Number(days) * DAY_MS
  if (Number.isNaN(end) || end <= now)
    throw new UsageError(`--expires is "${text}"; it must be a day to come, such as 2027-01-31, a number of days such as 90d, or never`)
  return { expires_at: new Date(end).toISOString() }
}

function table(keys: readonly Key[], now: number): string {
  const rows = keys.map((key) => [
    key.key_id,
    printable(key.name),
    printable(key.prefix),
    key.scopes.join(','),
    printable([key.machine_id, key.project_id].filter((id) => id !== undefined).join(' ')) || 'all',
    key.created_at.slice(0, 10),
    key.last_used_at?.slice(0, 16).replace('T', ' ') ?? 'never',
    describeState(key, now),
  ])
  const all = [['KEY_ID', 'NAME', 'BEGINS', 'SCOPES', 'ABOUT', 'CREATED', 'LAST USED', 'STATE'], ...rows]
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function describeState({ revoked_at, expires_at }: Key, now: number): string {
  if (revoked_at !== undefined) return `revoked ${revoked_at.slice(0, 10)}`
  if (expires_at === undefined) return 'valid'
  return `${Date.parse(expires_at) <= now ? 'ended' : 'until'} ${expires_at.slice(0, 10)}`
}

void runProgram('keys', usage, main)
