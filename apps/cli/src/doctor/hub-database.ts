import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { formatBytes } from '../format-number.ts'
import { formatPath } from '../format-path.ts'
import { type Check, fail, ok } from './check.ts'

/** A larger one takes longer to look through than a person waits; `signalbox backup` looks through it all. */
const MAX_BYTES = 512e6

/** The database of a hub in the data folder, whether the hub runs or not. */
export const hubDatabase: Check = async ({ settings: { DATA_DIR } }) => {
  const about = 'Hub database'
  const file = path.join(DATA_DIR, 'signalbox.db')
  if (!existsSync(file)) return []
  const size = statSync(file).size
  const shown = `${formatPath(file)}, ${formatBytes(size)}`
  if (size > MAX_BYTES) return [ok(about, `${shown}, too large to be looked through here: signalbox backup does it`)]
  const damage = (await import('@signalbox/ledger/damage')).findDamage(file)
  if (damage === undefined) return [ok(about, `${shown}, whole`)]
  return [
    fail(
      about,
      `${formatPath(file)} is damaged: ${damage}`,
      'Restore the newest backup (signalbox restore FOLDER), and see docs/RUNBOOKS.md.',
    ),
  ]
}
