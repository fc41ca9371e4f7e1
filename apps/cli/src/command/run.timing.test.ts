// Timing: a program that `signalbox run` starts must begin at once, and end at once while a hub does not answer: both are times.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { stretchForLoad } from '../../../../test/support/machine-load.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { signalbox } from '../cli.suite.ts'

const bin = fileURLToPath(new URL('../../bin/signalbox.mjs', import.meta.url))

/** As many times as long as Node's own start may `signalbox run` take; where that takes 40 ms, it is a tenth of a second. */
const MAX_NODE_STARTS = 2.5

it('a program starts at most 100 ms later than without `signalbox run`', async () => {
  const folder = tempFolder()
  const env = { ...process.env, SIGNALBOX_URL: 'http://127.0.0.1:9', DATA_DIR: path.join(folder, 'data') }
  /** Milliseconds until the program itself runs. */
  const startOf = (words: readonly string[]) => {
    const program = [process.execPath, '-e', 'process.stdout.write(String(Date.now()))']
    const [command = '', ...args] = [...words, ...program]
    const before = Date.now()
    return Number(spawnSync(command, args, { env, encoding: 'utf8' }).stdout) - before
  }
  const run = [process.execPath, bin, 'run', '--']
  // The first start fills the cache of compiled code.
  startOf(run)
  const rounds = Array.from({ length: 9 }, () => ({ bare: startOf([]), started: startOf(run) }))
  // The fastest of each: what else the machine does only adds.
  const bare = Math.min(...rounds.map((round) => round.bare))
  const later = Math.min(...rounds.map((round) => round.started)) - bare
  console.log(`signalbox run starts a program ${later} ms later; Node itself starts in ${bare} ms`)
  expect(later).toBeLessThanOrEqual(await stretchForLoad(Math.max(100, MAX_NODE_STARTS * bare)))
})

it('a hub that never answers holds the exit for at most two seconds', async () => {
  const server = net.createServer(() => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const SIGNALBOX_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const folder = tempFolder()
  const timed = async (words: string[], env: Record<string, string>) => {
    const before = Date.now()
    const { code } = await signalbox(folder, [...words, '--', process.execPath, '-e', ''], env)
    expect(code).toBe(0)
    return Date.now() - before
  }
  const away = await timed(['run'], { SIGNALBOX_URL: 'http://127.0.0.1:9' })
  const limit = await stretchForLoad(2_000)
  expect((await timed(['run', '--task', 'x'], { SIGNALBOX_URL })) - away).toBeLessThan(limit)
})
