import fc from 'fast-check'
import { Double, type Filter, Long, MongoClient } from 'mongodb'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from './support/mongo.ts'

// The test server is a FerretDB with our changes (test/mongo/ferretdb), which must not change any answer.

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
vi.setConfig({ testTimeout: 60_000 })

interface Row {
  _id: string | number
  value?: unknown
}

async function collection() {
  const client = await MongoClient.connect(await freshDatabase())
  onTestFinished(() => client.close())
  return client.db().collection<Row>('row')
}

const texts = fc.constantFrom(
  '',
  'a',
  'b',
  'A',
  'ä',
  '"',
  "'",
  '\\',
  '<&>',
  '☃',
  '💥',
  '1',
  'true',
  '[]',
  '$a',
  'a.b',
  'a\u0000b',
  '\u2028',
)
const numbers = fc.constantFrom(
  0,
  -0,
  1,
  -1,
  2,
  1.5,
  -1.5,
  1e21,
  2 ** 31,
  1_759_741_920_000,
  2 ** 53,
  new Double(1),
  new Double(-0),
  Long.fromNumber(1),
  Long.fromNumber(0),
)
const scalars = fc.oneof(texts, numbers, fc.constantFrom(true, false, null, new Date(1), new Date(0)))
const values = fc.oneof(scalars, fc.array(scalars, { maxLength: 3 }), fc.record({ a: scalars }))

const condition = (of: fc.Arbitrary<unknown>) =>
  fc.oneof(
    of,
    fc.record({ $in: fc.array(of, { maxLength: 4 }) }),
    ...['$gt', '$gte', '$lt', '$lte', '$ne'].map((operator) => of.map((value) => ({ [operator]: value }))),
    fc.tuple(of, of).map(([from, to]) => ({ $gte: from, $lt: to })),
    fc.constantFrom({ $exists: true }, { $exists: false }),
  )

describe('the MongoDB of the tests', () => {
  it('finds by any filter the same as by a scan of every document', async () => {
    const rows = await collection()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(values, { nil: undefined }), { minLength: 1, maxLength: 12 }),
        fc.array(
          fc.record({ _id: condition(fc.oneof(texts, fc.integer({ min: -2, max: 9 }))), value: condition(scalars) }, { requiredKeys: [] }),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
        fc.boolean(),
        async (stored, filters, named) => {
          await rows.deleteMany({})
          const idOf = (at: number) => (named ? ['', 'a', 'b', 'A', 'ä', '"', "'", '\\', '<&>', '☃', '💥', '1'][at]! : at - 2)
          await rows.insertMany(stored.map((value, at) => ({ _id: idOf(at), ...(value === undefined ? {} : { value }) })))
          for (const filter of filters as Filter<Row>[]) {
            const ids = async (query: Filter<Row>) => (await rows.find(query).toArray()).map(({ _id }) => _id).sort()
            // A filter inside $and is not passed on to SQLite.
            const all = await ids({ $and: [filter] })
            expect(await ids(filter)).toEqual(all)
            expect(await rows.countDocuments(filter)).toBe(all.length)
            const set = await rows.updateMany(filter, { $set: { seen: 1 } })
            expect(set.matchedCount).toBe(all.length)
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  it('returns the first and the last by _id', async () => {
    for (const ids of [
      [10, 9, 2, 100, -3, 1_759_741_920_000],
      ['b', 'a', 'B', 'ä', '10', '9'],
    ]) {
      const rows = await collection()
      await rows.insertMany(ids.map((_id) => ({ _id })))
      const inOrder = (await rows.find({}, { sort: { _id: 1 } }).toArray()).map(({ _id }) => _id)
      expect(inOrder).toHaveLength(ids.length)
      for (const limit of [1, 2, 9]) {
        const some = async (order: 1 | -1) => (await rows.find({}, { sort: { _id: order }, limit }).toArray()).map(({ _id }) => _id)
        expect(await some(1)).toEqual(inOrder.slice(0, limit))
        expect(await some(-1)).toEqual(inOrder.toReversed().slice(0, limit))
      }
    }
  })

  it('refuses a duplicate under any unique index', async () => {
    const rows = await collection()
    await rows.createIndex({ value: 1 }, { unique: true, name: 'value' })
    await rows.insertOne({ _id: 1, value: 'a' })
    for (const twin of [
      { _id: 1, value: 'b' },
      { _id: 2, value: 'a' },
    ])
      await expect(rows.insertOne(twin)).rejects.toMatchObject({ code: 11000 })
    expect(await rows.countDocuments()).toBe(1)
  })

  it('reads the latest state of a document that it has read before', async () => {
    const rows = await collection()
    await rows.insertMany([
      { _id: 1, value: { list: [1] } },
      { _id: 2, value: { list: [1] } },
    ])
    for (let turn = 2; turn < 6; turn++) {
      await rows.updateOne({ _id: 1 }, { $push: { 'value.list': turn } } as never)
      expect(await rows.find({}, { sort: { _id: 1 } }).toArray()).toEqual([
        { _id: 1, value: { list: Array.from({ length: turn }, (_, n) => n + 1) } },
        { _id: 2, value: { list: [1] } },
      ])
    }
  })
})
