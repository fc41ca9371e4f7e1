import type { Db } from 'mongodb'
import { expect, it } from 'vitest'
import { dialectOf } from './dialect.ts'

it.each([
  ['MongoDB', { version: '8.0.1', modules: [] }],
  ['FerretDB', { version: '7.0.42', ferretdbVersion: 'v1.24.0' }],
  ['FerretDB', { version: '7.0.77', ferretdb: { version: 'v2.0.0' } }],
])('%s is recognised by its build information', async (server, buildInfo) => {
  const db = { command: async () => buildInfo } as unknown as Db
  expect((await dialectOf(db)).server).toBe(server)
})
