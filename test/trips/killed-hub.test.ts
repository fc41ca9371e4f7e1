import { describe } from 'vitest'
import { tempFolder } from '../support/temp.ts'
import { killedHubSuite } from './killed-hub.suite.ts'

describe('on SQLite', () => {
  killedHubSuite(async () => ({ DATA_DIR: tempFolder() }))
})
