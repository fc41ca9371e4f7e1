import { beforeAll, describe } from 'vitest'
import { limitRoutesSuite } from '../../../apps/hub/src/routes/limits.suite.ts'
import { MONGO_START_TIMEOUT_MS, mongoForTests } from '../../support/mongo.ts'
import { openLambdaTestHub } from '../lambda-test-hub.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

describe('plan limits on Lambda, behind a Function URL', () => {
  limitRoutesSuite((options = {}, onClose) => openLambdaTestHub(process.env.LAMBDA_BUNDLE!, 'url', options, onClose), { waits: false })
})
