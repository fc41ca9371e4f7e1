import { beforeAll, describe } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../support/mongo.ts'
import { tempFolder } from '../support/temp.ts'
import { killedHubSuite } from './killed-hub.suite.ts'

describe('on SQLite', () => {
  killedHubSuite(async () => ({ DATA_DIR: tempFolder() }))
})

describe('on MongoDB', () => {
  beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
  killedHubSuite(async () => ({ DATA_DIR: tempFolder(), MONGODB_URI: await freshDatabase() }))
})
