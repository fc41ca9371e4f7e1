import { beforeAll, describe } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../support/mongo.ts'
import { tempFolder } from '../support/temp.ts'
import { alertKilledSuite } from './alert-killed.suite.ts'

/** `ALERT_KILLS=300` is the long run, on SQLite and with two hubs on MongoDB. */
const kills = Number(process.env.ALERT_KILLS ?? 0)

describe('on SQLite', () => {
  alertKilledSuite(async () => ({ DATA_DIR: tempFolder() }), kills || 6, 1, 60_000)
})

// Another hub takes over what a dead one was sending after 20 s: too long for every run.
describe.runIf(kills > 0)('two hubs on MongoDB', () => {
  beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
  alertKilledSuite(async () => ({ DATA_DIR: tempFolder(), MONGODB_URI: await freshDatabase() }), kills, 2, 300_000)
})
