import { beforeAll, describe } from 'vitest'
import { stateSuite } from '../../../apps/hub/src/routes/state.suite.ts'
import { MONGO_START_TIMEOUT_MS, mongoForTests } from '../../support/mongo.ts'
import { openLambdaTestHub } from '../lambda-test-hub.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

describe('state on Lambda, behind a REST API', () => {
  stateSuite((options) => openLambdaTestHub(process.env.LAMBDA_BUNDLE!, 'rest', options), { runs: 3 })
})
