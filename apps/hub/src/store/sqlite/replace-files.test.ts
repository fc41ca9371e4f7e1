import fs from 'node:fs'
import path from 'node:path'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../../../test/support/temp.ts'
import { openStore } from '../../open-store.ts'
import { openSqliteStore } from './open.ts'
import { draftOf, finishReplacing, replaceFiles } from './replace-files.ts'

const read = (folder: string, name: string) => fs.readFileSync(path.join(folder, name), 'utf8')

/** A folder in which a key is replaced already, and what comes after it is in the way. */
function interrupted(content: (draft: string) => void) {
  const folder = tempFolder()
  const files = ['secret.key', 'signalbox.db'].map(draftOf)
  fs.writeFileSync(path.join(folder, files[0]!.draft), 'new key')
  content(path.join(folder, files[1]!.draft))
  const inTheWay = path.join(folder, 'signalbox.db')
  fs.mkdirSync(path.join(inTheWay, 'full'), { recursive: true })
  expect(() => replaceFiles(folder, files)).toThrow()
  expect(read(folder, 'secret.key')).toBe('new key')
  fs.rmSync(inTheWay, { recursive: true })
  return folder
}

it('what an interrupted replacement has left is done later, once, and no draft stays', () => {
  const folder = interrupted((draft) => fs.writeFileSync(draft, 'new database'))
  expect(finishReplacing(folder)).toEqual(['signalbox.db'])
  expect(read(folder, 'signalbox.db')).toBe('new database')
  expect(fs.readdirSync(folder).sort()).toEqual(['secret.key', 'signalbox.db'])
  expect(finishReplacing(folder)).toEqual([])
})

it('drafts of a restore that was killed before it replaced anything are removed, and nothing else', () => {
  const folder = tempFolder()
  fs.writeFileSync(path.join(folder, draftOf('secret.key').draft), 'new key')
  fs.writeFileSync(path.join(folder, 'secret.key'), 'old key')
  expect(finishReplacing(folder)).toEqual([])
  expect(fs.readdirSync(folder)).toEqual(['secret.key'])
  expect(read(folder, 'secret.key')).toBe('old key')
})

it('a hub that starts after an interrupted restore has the restored database, and says so', async () => {
  const source = tempFolder()
  const prices = defaultPriceTable()
  const restored = openSqliteStore({ folder: source, prices })
  const { id } = restored
  await restored.close()
  const folder = interrupted((draft) => fs.copyFileSync(path.join(source, 'signalbox.db'), draft))
  const said: unknown[] = []
  const logger = { info: () => {}, warn: (text: unknown) => said.push(text) }
  const { store, releaseLock } = await openStore(
    { dataDir: folder, mongoUri: undefined, prices, rules: { machineOfflineMs: 1 } as never },
    logger as never,
  )
  expect(store.id).toBe(id)
  expect(said).toEqual(['A restore was interrupted; it is complete now: signalbox.db'])
  await store.close()
  releaseLock()
})
