import fs from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { expect, test } from 'vitest'
import { readManifest } from '../apps/hub/src/backup/manifest.ts'
import { totalsOfHub } from '../apps/hub/src/backup/trial-hub.ts'
import { openSqliteStore } from '../apps/hub/src/store/sqlite/open.ts'
import { tempFolder } from './support/temp.ts'

const fixtures = path.join(import.meta.dirname, 'store/fixtures')

test.each(fs.readdirSync(fixtures))('the store of version %s is opened by this one, with everything that was in it', async (version) => {
  const manifest = readManifest(path.join(fixtures, version))
  const folder = tempFolder()
  const gz = fs.readFileSync(path.join(fixtures, version, 'signalbox.db.gz'))
  fs.writeFileSync(path.join(folder, 'signalbox.db'), gunzipSync(gz), { mode: 0o600 })
  const store = openSqliteStore({ folder, prices: defaultPriceTable() })
  const sessions = Object.values(await store.sessions.counts({})).reduce((sum, count) => sum + count, 0)
  const { rows: machines } = await store.machines.list({ limit: 100, offset: 0 })
  const found = {
    sessions,
    machines: machines.length,
  }
  await store.close()
  const { sessions: wanted, machines: ofMachines } = manifest.counts as unknown as typeof found
  expect(found).toEqual({ sessions: wanted, machines: ofMachines })
  expect(await totalsOfHub(folder)).toBe(manifest.totals.tokens)
})
