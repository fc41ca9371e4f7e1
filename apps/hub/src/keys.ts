import { parseArgs } from 'node:util'
import { createKeySchema, type Key, scopes } from '@signalbox/contract/key'
import { readSettings } from '@signalbox/contract/setting'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { makeKey } from './http/key-text.ts'
import { runProgram, UsageError } from './program.ts'
import { openSqliteStore } from './store/sqlite/open.ts'
import type { Store } from './store/store.ts'

const usage = `Usage: signalbox keys create NAME [--scopes ${scopes.join(',')}] [--expires 2027-01-31|90d] [--json]
       signalbox keys list [--json]
       signalbox keys revoke KEY_ID [--json]`

const DAY = 86_400_000

/** Works on the store itself, so that the first key can be made while nobody may come in; the hub need not be stopped. */
async function main(words: string[]): Promise<void> {
  const { values, positionals } = read(words)
  const [command, subject, ...rest] = positionals
  if (values.help) return console.log(usage)
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is too much`)
  const { DATA_DIR, MONGODB_URI } = readSettings(process.env, ['DATA_DIR', 'MONGODB_URI'])
  const print = (line: string, data: unknown) => console.log(values.json ? JSON.stringify(data, null, 2) : line)
  const within = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
    const store = await open(DATA_DIR, MONGODB_URI)
    try {
      return await work(store)
    } finally {
      await store.close()
    }
  }
  if (command === 'create' && subject !== undefined) {
    const wanted = createKeySchema.safeParse({
      name: subject,
      scopes: values.scopes?.split(',').map((scope) => scope.trim()) ?? [...scopes],
      ...(values.expires === undefined ? {} : { expires_at: readEnd(values.expires, Date.now()) }),
    })
    if (!wanted.success) throw new UsageError(wanted.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
    const { key, hash, ...made } = makeKey()
    const kept = await within((store) => store.keys.create({ ...made, ...wanted.data }, hash, { now: Date.now() }))
    if (!values.json) console.error('Keep it now: it is shown this once, and only its hash is stored.')
    return print(key, { key, ...kept })
  }
  if (command === 'list' && subject === undefined) {
    const rows = await within(async ({ keys }) => (await keys.list({ limit: 10_000, offset: 0 })).rows)
    return print(rows.length === 0 ? 'No keys. Make one: signalbox keys create NAME' : table(rows, Date.now()), rows)
  }
  if (command === 'revoke' && subject !== undefined) {
    const revoked = await within((store) => store.keys.revoke(subject, undefined, { now: Date.now() }))
    return print(`${revoked.key_id} (${revoked.name}) is refused from now on.`, revoked)
  }
  throw new UsageError(command === undefined ? 'create, list or revoke?' : `"${positionals.join(' ')}" is not a command`)
}

async function open(folder: string, mongoUri: string | undefined): Promise<Store> {
  const prices = defaultPriceTable()
  if (mongoUri === undefined) return openSqliteStore({ folder, prices, keepCuts: true })
  const { openMongoStore } = await import('./store/mongo/open.ts')
  return openMongoStore({ uri: mongoUri, prices, keepCuts: true })
}

function read(words: string[]) {
  try {
    return parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        scopes: { type: 'string' },
        expires: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** A day, an instant, or a number of days from now. */
function readEnd(text: string, now: number): string {
  const [, days] = /^(\d{1,5})d$/.exec(text) ?? []
  const end = days === undefined ? Date.parse(text) : now + Number(days) * DAY
  if (Number.isNaN(end) || end <= now)
    throw new UsageError(`--expires is "${text}"; it must be a day to come, such as 2027-01-31, or a number of days such as 90d`)
  return new Date(end).toISOString()
}

function table(keys: readonly Key[], now: number): string {
  const rows = keys.map((key) => [
    key.key_id,
    key.name,
    key.prefix,
    key.scopes.join(','),
    key.created_at.slice(0, 10),
    key.last_used_at?.slice(0, 16).replace('T', ' ') ?? 'never',
    stateOf(key, now),
  ])
  const all = [['KEY_ID', 'NAME', 'BEGINS', 'SCOPES', 'CREATED', 'LAST USED', 'STATE'], ...rows]
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

function stateOf({ revoked_at, expires_at }: Key, now: number): string {
  if (revoked_at !== undefined) return `revoked ${revoked_at.slice(0, 10)}`
  if (expires_at === undefined) return 'valid'
  return `${Date.parse(expires_at) <= now ? 'ended' : 'until'} ${expires_at.slice(0, 10)}`
}

await runProgram('keys', usage, main)
