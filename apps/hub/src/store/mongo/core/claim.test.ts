import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../../test/support/mongo.ts'
import { Connection } from '../connection.ts'
import { type ClaimDocument, Claims } from './claim.ts'
import { InterruptedConnection } from './interrupted-connection.fixture.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

async function start() {
  const connection = await Connection.open(await freshDatabase())
  onTestFinished(() => connection.close())
  const used = new Map<string, string[]>()
  const usedBy = async (owner: string) => used.get(owner) ?? []
  const claims = new Claims(connection.collection<ClaimDocument>('claim'), usedBy, { timeoutMs: 100 })
  return { connection, used, usedBy, claims }
}

it('an id belongs to the owner that uses it, whenever another one claims it', async () => {
  const { used, claims } = await start()
  expect(await claims.claim('id', 'one')).toBe(true)
  expect(await claims.claim('id', 'one')).toBe(true)
  used.set('one', ['id'])
  expect(await claims.claim('id', 'two')).toBe(false)
  expect([await claims.isClaimed('id', 'one'), await claims.isClaimed('id', 'two')]).toEqual([true, false])
})

it('an orphaned claim is taken over, and its slow owner finds that out', async () => {
  const { claims } = await start()
  await claims.claim('id', 'crashed')
  expect(await claims.claim('id', 'two')).toBe(true)
  expect(await claims.isClaimed('id', 'crashed')).toBe(false)
  expect(await claims.ownerOf('id')).toBe('two')
})

it('of two owners that claim and use an id at once, with any command of one delayed, at most one keeps it', async () => {
  const { connection, used, usedBy, claims } = await start()
  const take = async (of: Claims, id: string, owner: string) => {
    if (!(await of.claim(id, owner))) return false
    used.set(owner, [id])
    if (await of.isClaimed(id, owner)) return true
    used.set(owner, [])
    return false
  }
  for (let step = 1, reached = true; reached; step++) {
    reached = false
    const id = `id ${step}`
    let other = false
    const slow = new InterruptedConnection(connection, async (command) => {
      if (command !== step) return
      reached = true
      other = await take(claims, id, 'two')
    })
    const slowClaims = new Claims(slow.collection<ClaimDocument>('claim'), usedBy, { timeoutMs: 100 })
    const kept = await take(slowClaims, id, 'one')
    if (reached) expect([kept, other].filter(Boolean), `step ${step}`).toHaveLength(1)
    used.clear()
  }
})

it('a released id that is in use again keeps its claim', async () => {
  const { used, claims } = await start()
  await claims.claim('a', 'one')
  await claims.claim('b', 'one')
  used.set('one', ['b'])
  await claims.release('one', ['a', 'b'])
  expect([await claims.ownerOf('a'), await claims.ownerOf('b')]).toEqual([undefined, 'one'])
})
