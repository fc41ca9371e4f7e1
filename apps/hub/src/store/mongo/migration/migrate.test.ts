import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../../test/support/mongo.ts'
import { Connection } from '../connection.ts'
import { migrate, migrations, type Step } from './migrate.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

async function empty(): Promise<Connection> {
  const connection = await Connection.open(await freshDatabase())
  onTestFinished(() => connection.close())
  return connection
}
const version = async (connection: Connection) =>
  (await connection.collection<{ _id: string; version: number }>('meta').findOne({ _id: 'version' }))?.version
const counting = (): Step & { times: number } => {
  const step = Object.assign(async () => void step.times++, { times: 0 })
  return step
}

it('a database is migrated step by step, each step once', async () => {
  const connection = await empty()
  const [a, b] = [counting(), counting()]
  await migrate(connection, [a])
  await migrate(connection, [a, b])
  await migrate(connection, [a, b])
  expect([a.times, b.times, await version(connection)]).toEqual([1, 1, 2])
})

it('a failed step is run again, those before it are not', async () => {
  const connection = await empty()
  const [a, b] = [counting(), counting()]
  const fails: Step = async () => {
    throw new Error('oh no')
  }
  await expect(migrate(connection, [a, fails])).rejects.toThrow('oh no')
  expect(await version(connection)).toBe(1)
  await migrate(connection, [a, b])
  expect([a.times, b.times]).toEqual([1, 1])
})

it('two hubs may migrate at once', async () => {
  const connection = await empty()
  await Promise.all([migrate(connection), migrate(connection), migrate(connection)])
  expect(await version(connection)).toBe(migrations.length)
})

it('a database of a newer Signalbox is refused and left unchanged', async () => {
  const connection = await empty()
  await migrate(connection, [counting(), counting()])
  await expect(migrate(connection, [counting()])).rejects.toThrow(
    'The hub database is of a newer Signalbox (its version is 2, this one knows 1)',
  )
  expect(await version(connection)).toBe(2)
})
