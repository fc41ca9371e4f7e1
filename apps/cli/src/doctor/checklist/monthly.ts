import { formatInteger } from '@signalbox/contract/number-text'
import { countOf } from '@signalbox/contract/plural'
import { formatBytes } from '../../format-number.ts'
import { ok, warn } from '../check.ts'
import type { ChecklistItem } from './checklist.ts'
import { allRows, keysInUse, someNames } from './rows.ts'

const PRICED_MS = 31 * 86_400_000
const UNUSED_MS = 30 * 86_400_000

export const keys: ChecklistItem = {
  about: 'Keys',
  async examine({ client, now }, about) {
    const all = await keysInUse(client)
    const unused = all.filter(({ last_used_at, created_at }) => now - Date.parse(last_used_at ?? created_at) > UNUSED_MS)
    const text = `${countOf(all.length, 'key')}, ${unused.length} without use for 30 days`
    return unused.length === 0
      ? ok(about, text)
      : warn(about, `${text}: ${someNames(unused.map(({ name }) => name))}`, 'Revoke what is not needed: signalbox keys revoke ID')
  },
}

export const signIns: ChecklistItem = {
  about: 'Browsers',
  async examine({ client, now }, about) {
    const all = await allRows((page, more) => client.listSignIns(page, more))
    const unused = all.filter(({ last_used_at }) => now - Date.parse(last_used_at) > UNUSED_MS)
    const text = `${countOf(all.length, 'browser')} signed in, ${unused.length} without use for 30 days`
    return unused.length === 0 ? ok(about, text) : warn(about, text, 'Sign them out: signalbox signins list')
  },
}

export const database: ChecklistItem = {
  about: 'Database',
  examine({ metrics }, about) {
    const bytes = metrics.sum('signalbox_store_bytes')
    const sessions = metrics.sum('signalbox_sessions') ?? 0
    return ok(about, `${bytes === undefined ? 'size not known' : formatBytes(bytes)}, ${formatInteger(sessions)} sessions`)
  },
}

export const prices: ChecklistItem = {
  about: 'Prices',
  async examine({ client, now }, about) {
    const { unpriced } = await client.getUsage({ group: 'month', since: new Date(now - PRICED_MS).toISOString().slice(0, 10) })
    return unpriced.length === 0
      ? ok(about, 'every model used has a price')
      : warn(about, `no price for ${unpriced.join(', ')}`, 'Add them to the file of PRICE_TABLE: docs/prices.md')
  },
}
