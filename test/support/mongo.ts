import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { MongoClient } from 'mongodb'
import { onTestFinished } from 'vitest'
import { house } from './house.ts'

/** For the hook that asks for a server first: it may have to be built. */
export const MONGO_PATIENCE_MS = 10 * 60_000

export interface MongoServer {
  /** `mongodb://127.0.0.1:PORT/`, without a database. */
  readonly uri: string
  readonly port: number
  /** SIGKILL ends it as a crash would, SIGSTOP makes it silent, SIGCONT wakes it. */
  signal(signal: NodeJS.Signals): void
  stop(): Promise<void>
}

let shared: Promise<string> | undefined

/** The address of a server for the tests of this process: MONGODB_TEST_URI, or one of our own that ends with it. */
export function mongoForTests(): Promise<string> {
  shared ??= process.env.MONGODB_TEST_URI ? Promise.resolve(process.env.MONGODB_TEST_URI) : startMongo().then(({ uri }) => uri)
  return shared
}

/** An address with a database of its own, for one test. */
export async function freshDatabase(): Promise<string> {
  const uri = withDatabase(await mongoForTests(), `test_${randomUUID().slice(0, 13)}`)
  if (process.env.MONGODB_TEST_URI) {
    onTestFinished(async () => {
      const client = await MongoClient.connect(uri)
      await client.db().dropDatabase()
      await client.close()
    })
  }
  return uri
}

export function withDatabase(uri: string, name: string): string {
  const [, server, options] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(uri)!
  return `${server}/${name}${options ?? ''}`
}

/**
 * A server of one's own; the caller stops it. Started again with the same folder and port it has the same data.
 * @throws Error when there is nothing to start: a store nobody tried must not pass
 */
export async function startMongo({ data, port = 0 }: { data?: string; port?: number } = {}): Promise<MongoServer> {
  const program = build()
  const child = spawn(program, [`-listen=127.0.0.1:${port}`, ...(data === undefined ? [] : [`-data=${data}`])], {
    // It ends when its input does, so it goes with us however we end.
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const uri = await address(child)
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

function address(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => reject(new Error(`The MongoDB for tests ended with ${code} before it listened`)))
    createInterface({ input: child.stdout! }).once('line', resolve)
  })
}

let program: string | undefined

function build(): string {
  if (program !== undefined) return program
  const { stdout } = spawnSync(process.execPath, [path.join(house, 'scripts/setup/mongo.mjs')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  program = stdout.trim()
  if (program === '') {
    program = undefined
    throw new Error('Tests of the MongoDB store need a server: install Go 1.22 or newer, or set MONGODB_TEST_URI to one they may fill.')
  }
  return program
}
