import fs from 'node:fs'
import type { HubConfig } from './config.ts'
import { StartError } from './start-error.ts'
import { lockFolder } from './store/sqlite/lock.ts'
import { openSqliteStore } from './store/sqlite/open.ts'
import type { Store } from './store/store.ts'

export interface OpenStore {
  readonly store: Store
  /** Keep a reference while the store is open: garbage collection would release the lock of its folder. */
  readonly releaseLock: () => void
}

/**
 * Opens the store of the settings, and creates it where there is none.
 * @param notify called with a sentence when another hub uses the folder and may be ending
 * @throws StartError when another hub uses its folder
 */
export async function openStore(
  { dataDir, mongoUri, prices, rules }: Pick<HubConfig, 'dataDir' | 'mongoUri' | 'prices' | 'rules'>,
  notify: (message: string) => void,
): Promise<OpenStore> {
  if (mongoUri !== undefined) {
    // Loaded on demand: most hubs use SQLite.
    const { openMongoStore } = await import('./store/mongo/open.ts')
    const store = await openMongoStore({ uri: mongoUri, prices, machineOfflineMs: rules.machineOfflineMs })
    return { store, releaseLock: () => {} }
  }
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const releaseLock = await lockFolder(dataDir, (ms) => notify(`Another hub uses ${dataDir}; waiting ${ms / 1000} s for its end`))
  if (releaseLock === undefined) throw new StartError(`Another hub uses ${dataDir} already. Stop it, or give this one another DATA_DIR.`)
  try {
    return { store: openSqliteStore({ folder: dataDir, prices, machineOfflineMs: rules.machineOfflineMs }), releaseLock }
  } catch (error) {
    releaseLock()
    throw error
  }
}
