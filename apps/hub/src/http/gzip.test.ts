import { expect, it } from 'vitest'
import { acceptsGzip } from './gzip.ts'

it.each(['gzip', 'deflate, gzip;q=0.5', 'br;q=1.0, *;q=0.1', 'GZIP'])('%s takes gzip', (header) => {
  expect(acceptsGzip(header)).toBe(true)
})

it.each([undefined, '', 'br', 'gzip;q=0', 'gzip; q=0.000, br', 'identity', 'xgzip'])('%s does not', (header) => {
  expect(acceptsGzip(header)).toBe(false)
})
