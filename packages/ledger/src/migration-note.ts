import { plural } from '@signalbox/contract/plural'
import type { MigrationNote } from './store/add-call-fields.ts'
import type { LedgerStore } from './store/ledger-store.ts'

/**
 * Says what the migration of the ledger has done, once, after a refresh has read the transcripts again.
 * @returns undefined when there is nothing to say
 */
export function takeMigrationNote({ db, meta, transact }: LedgerStore): string | undefined {
  const stored = meta.get('migration')
  if (stored === undefined || stored === '') return undefined
  const { calls, merged, files } = JSON.parse(stored) as MigrationNote
  const unread = db.prepare<[], number>('SELECT count(*) FROM calls WHERE unfinished IS NULL AND as_of IS NULL').pluck().get() ?? 0
  transact(() => meta.set('migration', ''))
  const count = (number: number, one: string, many: string) => `${number.toLocaleString('en')} ${plural(number, one, many)}`
  const sentences = [
    `This version counts more exactly, so ${count(files, 'transcript was', 'transcripts were')} read again (once).`,
    `The ledger had ${count(calls, 'call', 'calls')}.`,
  ]
  if (merged > 0) sentences.push(`${count(merged, 'copy of a call', 'copies of calls')} that counted twice no longer do.`)
  if (unread > 0) {
    sentences.push(
      `${count(unread, 'call stays', 'calls stay')} as before: whether such a call is complete only its transcript says, which is gone.`,
    )
  }
  return sentences.join(' ')
}
