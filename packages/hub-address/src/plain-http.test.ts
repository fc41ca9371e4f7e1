import { expect, test } from 'vitest'
import { plainHttpWarning } from './plain-http.ts'

test.each(['http://192.168.0.7:4000', 'http://hub.example', 'http://[2001:db8::1]:4000'])(
  '%s can be read by others on the network',
  (url) => {
    expect(plainHttpWarning(url)).toContain(`${url} is plain http`)
  },
)

test.each(['https://hub.example', 'http://127.0.0.1:4000', 'http://localhost:4000', 'http://[::1]:4000'])('%s cannot', (url) => {
  expect(plainHttpWarning(url)).toBeUndefined()
})
