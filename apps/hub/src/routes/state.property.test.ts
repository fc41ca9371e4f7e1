import fc from 'fast-check'
import { it } from 'vitest'
import { openHub } from '../../test/open-hub.ts'
import { Model, step } from '../../test/state-model.ts'

it('no sequence of operations leads to what the tables do not allow', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (steps) => {
      const model = new Model(await openHub({ env: { LOG_LEVEL: 'silent' } }))
      await model.open()
      for (const one of steps) await model.take(one)
      await model.check()
    }),
    { numRuns: 50 },
  )
}, 120_000)
