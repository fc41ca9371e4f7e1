import { formatInteger } from '@signalbox/contract/number-text'
import { countOf } from '@signalbox/contract/plural'
import { formatBytes } from '../../format-number.ts'
import { ok, warn } from '../check.ts'
import type { ChecklistItem } from './checklist.ts'

const PRICED_MS = 31 * 86_400_000
const UNUSED_MS = 30 * 86_400_000

export const keys: ChecklistItem = async ({ client, now }) => {
  const about = 'Keys'
  const all = (await client.listKeys()).filter(({ revoked_at }) => revoked_at === undefined)
  const unused = all.filter(({ last_used_at, created_at }) => now - Date.parse(last_used_at ?? created_at) > UNUSED_MS)
  const text = `${countOf(all.length, 'key')}, ${unused.length} without use for 30 days`
  return unused.length === 0
    ? ok(about, text)
    : warn(
        about,
        `${text}: ${unused
          .map(({ name }) => name)
          .slice(0, 5)
          .join(', ')}`,
        'Revoke what is not needed: signalbox keys revoke ID',
      )
}

export const signIns: ChecklistItem = async ({ client, now }) => {
  const about = 'Browsers'
  const all = await client.listSignIns()
  const unused = all.filter(({ last_used_at }) => now - Date.parse(last_used_at) > UNUSED_MS)
  const text = `${countOf(all.length, 'browser')} signed in, ${unused.length} without use for 30 days`
  return unused.length === 0 ? ok(about, text) : warn(about, text, 'Sign them out: signalbox signins list')
}

export const database: ChecklistItem = ({ metrics }) => {
  const bytes = metrics.sum('signalbox_store_bytes')
  const sessions = metrics.sum('signalbox_sessions') ?? 0
  return ok('Database', `${bytes === undefined ? 'size not known' : formatBytes(bytes)}, ${formatInteger(sessions)} sessions`)
}

export const prices: ChecklistItem = async ({ client, now }) => {
  const about = 'Prices'
  const { unpriced } = await client.getUsage({ group: 'month', since: new Date(now - PRICED_MS).toISOString().slice(0, 10) })
  return unpriced.length === 0
    ? ok(about, 'every model used has a price')
    : warn(about, `no price for ${unpriced.join(', ')}`, 'Add them to the file of PRICE_TABLE: docs/prices.md')
}
