import type { Call, callSchema } from '@signalbox/contract/call'
import { priceCall } from '@signalbox/usage/price'
import { sliceOf } from '@signalbox/usage/slice'
import { compareCalls, mergeCalls } from '@signalbox/usage/winner'
import { expectTypeOf, test } from 'vitest'
import type { z } from 'zod'
import type { UsageStore } from './store.ts'

test('a call is one type from the wire to the price', () => {
  expectTypeOf<z.infer<typeof callSchema>>().toEqualTypeOf<Call>()
  expectTypeOf<UsageStore['ingest']>().parameter(1).toEqualTypeOf<readonly Call[]>()
  const [a, b] = [{} as Call, {} as Call]
  expectTypeOf(mergeCalls).toBeCallableWith(a, b)
  expectTypeOf(compareCalls).toBeCallableWith(a, b)
  expectTypeOf(sliceOf).toBeCallableWith(a, [])
  expectTypeOf(priceCall).parameter(1).toEqualTypeOf<Call>()
  expectTypeOf(() => mergeCalls(a, b)).returns.toEqualTypeOf<Call>()
})
