import { expect, test } from 'vitest'
import { formatMoment } from './format.ts'

test('a moment is that of the zone, with its offset where the time comes twice', () => {
  const moments = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T02:30:00Z'].map((at) =>
    formatMoment(Date.parse(at), 'Europe/Berlin'),
  )
  expect(moments).toEqual(['Sun 2026-10-25 02:30 +02:00', 'Sun 2026-10-25 02:30 +01:00', 'Sun 2026-10-25 03:30'])
})
