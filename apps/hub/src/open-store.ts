import fs from 'node:fs'
import type { HubConfig } from './config.ts'
import type { Logger } from './log.ts'
import { StartError } from './start-error.ts'
import { lockFolder } from './store/sqlite/lock.ts'
import { openSqliteStore } from './store/sqlite/open.ts'
import { finishReplacing } from './store/sqlite/replace-files.ts'
import type { Store } from './store/store.ts'

export interface OpenStore {
  readonly store: Store
  /** Keep a reference while the store is open: garbage collection would release the lock of its folder. */
  readonly releaseLock: () => void
}

/**
 * Opens the store of the settings, and creates it where there is none.
 * @param logger gets a line when another hub uses the folder and may be ending, and what a migration has changed
 * @throws StartError when another hub uses its folder
 */
export async function openStore(
  { dataDir, mongoUri, prices, rules }: Pick<HubConfig, 'dataDir' | 'mongoUri' | 'prices' | 'rules'>,
  logger: Pick<Logger, 'info' | 'warn'>,
): Promise<OpenStore> {
  const options = { prices, machineOfflineMs: rules.machineOfflineMs, log: (message: string) => logger.info(message) }
  if (mongoUri !== undefined) {
    // Loaded on demand: most hubs use SQLite.
    const { openMongoStore } = await import('./store/mongo/open.ts')
    const store = await openMongoStore({ uri: mongoUri, ...options })
    return { store, releaseLock: () => {} }
  }
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const releaseLock = await lockFolder(dataDir, (ms) => logger.warn(`Another hub uses ${dataDir}; waiting ${ms / 1000} s for its end`))
  if (releaseLock === undefined) throw new StartError(`Another hub uses ${dataDir} already. Stop it, or give this one another DATA_DIR.`)
  try {
    const restored = finishReplacing(dataDir)
    if (restored.length > 0) logger.warn(`A restore was interrupted; it is complete now: ${restored.join(', ')}`)
    return { store: openSqliteStore({ folder: dataDir, ...options }), releaseLock }
  } catch (error) {
    releaseLock()
    throw error
  }
}
