import fs from 'node:fs'
import path from 'node:path'
// @ts-expect-error plain JavaScript
import { buildLambda } from '../scripts/lambda/build.mjs'
import { setupLambdaEmulator } from '../scripts/setup/lambda-emulator.mjs'
import { gatewayEvent } from '../test/support/gateway.ts'
import { isFunctionError, LambdaInstance } from '../test/support/lambda-instance.ts'
import { startMongo, withDatabase } from '../test/support/mongo.ts'
import { makeTempFolder, removeFolder } from '../test/support/temp.ts'
import { median, milliseconds, percentile, type Row } from './table.ts'

const STARTS = 7
const HEARTBEATS = 2_000
const KEY = 'key-of-this-bench-0123456789abcdef'

/** Says how much processor time the process has used when its code was loaded: no call yet. */
const probe = (load: string) => `${load}
const { user, system } = process.cpuUsage()
export const handler = async () => ({ cpuMs: (user + system) / 1000 })
`

/** Measures the bundle in AWS's own emulator, in turns with a function that does nothing. */
export async function lambda(): Promise<Row[]> {
  const { missing } = await setupLambdaEmulator({ fetch: true })
  if (missing !== undefined) throw new Error(missing)
  const folder = makeTempFolder()
  const mongo = await startMongo()
  // The server of the tests does not keep its process alive, and at the end nothing else does.
  const alive = setInterval(() => {}, 1_000)
  const started: LambdaInstance[] = []
  try {
    const { bytes } = (await buildLambda(folder)) as { bytes: number }
    fs.writeFileSync(path.join(folder, 'init.mjs'), probe("await import('./lambda.mjs')"))
    fs.writeFileSync(path.join(folder, 'empty.mjs'), probe(''))
    const start = async (handler: string) => {
      const env = {
        MONGODB_URI: withDatabase(mongo.uri, 'bench'),
        API_KEYS: KEY,
        SECRET_KEY: 'secret-of-this-bench-0123456789abcdef',
        LOG_LEVEL: 'warn',
        HEARTBEAT_LIMIT_PER_MINUTE: '1000000',
      }
      const instance = await LambdaInstance.start({ folder, handler, env })
      started.push(instance)
      return instance
    }
    const inits = { init: [] as number[], empty: [] as number[] }
    const walls = { init: [] as number[], empty: [] as number[] }
    for (let round = 0; round < STARTS; round++) {
      for (const name of ['init', 'empty'] as const) {
        const instance = await start(`${name}.handler`)
        const answer = await instance.invoke<{ cpuMs: number }>({})
        if (isFunctionError(answer)) throw new Error(instance.output)
        inits[name].push(answer.cpuMs)
        walls[name].push(...instance.initMs)
        await instance.stop()
      }
    }

    const [hub, empty] = [await start('lambda.handler'), await start('empty.handler')]
    const ask = async (method: string, url: string, body: object) => {
      const headers = [['authorization', `Bearer ${KEY}`] as const, ['content-type', 'application/json'] as const]
      const answer = await hub.invoke<{ statusCode: number; body: string }>(
        gatewayEvent('rest', { method, url, headers, body: JSON.stringify(body) }),
      )
      if (isFunctionError(answer) || answer.statusCode >= 300) throw new Error(`${method} ${url}: ${JSON.stringify(answer)}`)
      return JSON.parse(answer.body)
    }
    const { session_id } = await ask('POST', '/sessions', { project_id: 'p', machine_id: 'm' })
    const sendHeartbeats = async (count: number) => {
      for (let n = 0; n < count; n++) {
        await ask('POST', `/sessions/${session_id}/heartbeat`, {})
        await empty.invoke({})
      }
    }
    // Compiled by then.
    await sendHeartbeats(200)
    const warm = hub.durationsMs.length
    await sendHeartbeats(HEARTBEATS)
    const [durations, emptyDurations] = [hub.durationsMs.slice(warm), empty.durationsMs.slice(200)]
    const both = (ms: readonly number[]) => `p50 ${milliseconds(median(ms))}, p99 ${milliseconds(percentile(ms, 99))}`
    const init = median(inits.init)
    return [
      {
        what: 'bundle for AWS Lambda, without the page',
        measured: `${(bytes / 1e6).toFixed(2)} MB`,
        reference: `the page beside it ${(sizeOf(path.join(folder, 'dashboard')) / 1e6).toFixed(1)} MB`,
        target: '≤ 3 MB',
        reached: bytes <= 3_000_000,
      },
      {
        what: `init in AWS's emulator, processor time, median of ${STARTS}`,
        measured: `${milliseconds(init)}; by the clock ${milliseconds(median(walls.init))}`,
        reference: `an empty function ${milliseconds(median(inits.empty))}; by the clock ${milliseconds(median(walls.empty))}`,
        target: '≤ 500 ms',
        reached: init <= 500,
      },
      {
        what: `a heartbeat in the emulator, warm, ${HEARTBEATS} of them, MongoDB of the tests`,
        measured: both(durations),
        reference: `an empty function ${both(emptyDurations)}`,
        target: 'p99 ≤ 30 ms',
        reached: percentile(durations, 99) <= 30,
      },
    ]
  } finally {
    for (const instance of started) await instance.stop()
    await mongo.stop()
    clearInterval(alive)
    removeFolder(folder)
  }
}

function sizeOf(folder: string): number {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.reduce((sum, entry) => sum + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0)
}
