import { describe } from 'vitest'
import { openHub } from '../../test/open-hub.ts'
import { stateSuite } from './state.suite.ts'

describe('state on SQLite', () => {
  stateSuite((options) => openHub(options), { runs: 25 })
})
