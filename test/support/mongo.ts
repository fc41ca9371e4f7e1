import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { MongoClient } from 'mongodb'
import { onTestFinished } from 'vitest'
import { repositoryRoot } from './repository.ts'

/** Timeout of the hook that starts the first server: it may have to be built. */
export const MONGO_START_TIMEOUT_MS = 10 * 60_000

export interface MongoServer {
  /** `mongodb://127.0.0.1:PORT/`, without a database. */
  readonly uri: string
  readonly port: number
  /** SIGKILL ends it as a crash would, SIGSTOP makes it hang, SIGCONT resumes it. */
  signal(signal: NodeJS.Signals): void
  stop(): Promise<void>
}

let shared: Promise<string> | undefined

/** Returns the address of the server for the tests of this process: MONGODB_TEST_URI, or one that ends with the process. */
export function mongoForTests(): Promise<string> {
  shared ??= process.env.MONGODB_TEST_URI ? Promise.resolve(process.env.MONGODB_TEST_URI) : startMongo().then(({ uri }) => uri)
  return shared
}

/** Returns an address with a new database for one test. */
export async function freshDatabase(onClose: (close: () => Promise<void>) => void = onTestFinished): Promise<string> {
  const uri = withDatabase(await mongoForTests(), `test_${randomUUID().slice(0, 13)}`)
  if (process.env.MONGODB_TEST_URI) {
    onClose(async () => {
      const client = await MongoClient.connect(uri)
      await client.db().dropDatabase()
      await client.close()
    })
  }
  return uri
}

/** Databases of earlier tests, without a document, but with the collections and indexes of this version. */
const emptied: string[] = []

/**
 * As `freshDatabase`, for a test that opens a whole store in this process and closes it: it may get the emptied database of an
 * earlier one, because to make all collections and indexes takes longer than most tests.
 */
export async function databaseForStore(onClose: (close: () => Promise<void>) => void = onTestFinished): Promise<string> {
  if (process.env.MONGODB_TEST_URI) return freshDatabase(onClose)
  const uri = emptied.pop() ?? (await freshDatabase())
  onClose(async () => {
    const client = await MongoClient.connect(uri)
    const db = client.db()
    for (const { name } of await db.listCollections().toArray()) {
      await db.collection<{ _id: string }>(name).deleteMany(name === 'meta' ? { _id: { $ne: 'version' } } : {})
    }
    await client.close()
    emptied.push(uri)
  })
  return uri
}

export function withDatabase(uri: string, name: string): string {
  const [, server, options] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(uri)!
  return `${server}/${name}${options ?? ''}`
}

/**
 * Starts a separate server; the caller stops it. A restart with the same folder and port has the same data.
 * @throws Error when there is no server to start: an untested store must not pass
 */
export async function startMongo({ data, port = 0 }: { data?: string; port?: number } = {}): Promise<MongoServer> {
  const program = buildServer()
  const child = spawn(program, [`-listen=127.0.0.1:${port}`, ...(data === undefined ? [] : [`-data=${data}`])], {
    // The server ends when its input does, so it ends with this process in every case.
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const uri = await readAddress(child)
  child.unref()
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as { unref(): void }).unref()
  return {
    uri,
    port: Number(new URL(uri).port),
    signal: (signal) => void child.kill(signal),
    stop: async () => {
      child.kill('SIGCONT')
      child.stdin.destroy()
      await ended
    },
  }
}

function readAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => reject(new Error(`The MongoDB for tests ended with ${code} before it listened`)))
    createInterface({ input: child.stdout! }).once('line', resolve)
  })
}

let program: string | undefined

function buildServer(): string {
  if (program !== undefined) return program
  const { stdout } = spawnSync(process.execPath, [path.join(repositoryRoot, 'scripts/setup/mongo.mjs')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  program = stdout.trim()
  if (program === '') {
    program = undefined
    throw new Error(
      'Tests of the MongoDB store need a server: install Go 1.22 or newer, or set MONGODB_TEST_URI to one that tests may write to.',
    )
  }
  return program
}
