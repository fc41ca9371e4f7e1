import type { Call, callSchema } from '@signalbox/contract/call'
import { compareCalls, mergeCalls } from '@signalbox/usage/call-merge'
import type { PricedSlice } from '@signalbox/usage/price'
import { toSlice } from '@signalbox/usage/slice'
import { expectTypeOf, test } from 'vitest'
import type { z } from 'zod'
import type { UsageStore } from './usage.ts'

test('a call is one type from the wire to the price', () => {
  expectTypeOf<z.infer<typeof callSchema>>().toEqualTypeOf<Call>()
  expectTypeOf<UsageStore['ingest']>().parameter(1).toEqualTypeOf<readonly Call[]>()
  const [a, b] = [{} as Call, {} as Call]
  expectTypeOf(mergeCalls).toBeCallableWith(a, b)
  expectTypeOf(compareCalls).toBeCallableWith(a, b)
  expectTypeOf(toSlice).toBeCallableWith(a, [])
  expectTypeOf(toSlice).returns.toExtend<PricedSlice>()
  expectTypeOf(() => mergeCalls(a, b)).returns.toEqualTypeOf<Call>()
})
