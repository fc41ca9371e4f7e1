import fs from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { appEnv, appFile, nodeFlags } from '../apps/cli/src/child/app.ts'
import { startNode } from '../test/support/child.ts'
import { ClaudeClient } from '../test/support/claude-client.ts'
import { ObservationHub } from '../test/support/observation-hub.ts'
import { cpuMsOf, peakMemoryOf } from '../test/support/process-usage.ts'
import { makeTempFolder, removeFolder } from '../test/support/temp.ts'
import { milliseconds, percentile, type Row } from './table.ts'

const SESSIONS = 50
const MEASURED_MS = 60_000
/** Each session changes its state and appends to its transcript at this interval: a turn with a tool every few seconds. */
const STEP_MS = 5_000
const LATENCY_ROUNDS = 40
const KILLS = 20

/** Measures the collector beside fifty sessions that work all at once: real processes, process files, growing transcripts. */
export async function sessions(): Promise<Row[]> {
  const folder = makeTempFolder()
  const configDir = path.join(folder, 'claude')
  fs.mkdirSync(path.join(configDir, 'sessions'), { recursive: true })
  fs.mkdirSync(path.join(configDir, 'projects'))
  const hub = new ObservationHub()
  await hub.open()
  const clients = Array.from({ length: SESSIONS }, (_, number) => new ClaudeClient({ configDir, cwd: `/home/ada/project-${number % 10}` }))
  const collector = startNode([...nodeFlags('collector'), appFile('collector')], {
    ipc: true,
    env: {
      ...appEnv('collector'),
      DATA_DIR: path.join(folder, 'data'),
      CLAUDE_CONFIG_DIR: configDir,
      SIGNALBOX_URL: hub.url,
      MACHINE_ID: 'bench',
      LIMIT_SOURCES: 'none',
    },
  })
  const pid = collector.process.pid ?? 0
  try {
    await hub.untilHeartbeat(({ sessions }) => sessions.length === SESSIONS)
    for (const [number, client] of clients.entries()) {
      client.status('idle')
      client.prompt(`prompt ${number}`)
    }
    await sleep(5_000)
    const [bareLatency, latency] = [await measureBare(configDir, clients), await measureChanges(hub, clients)]
    const work = workAll(clients)
    await sleep(5_000)
    const before = cpuMsOf(pid)
    const started = performance.now()
    const received = hub.received.length
    await sleep(MEASURED_MS)
    const share = ((cpuMsOf(pid) - before) / (performance.now() - started)) * 100
    const observations = hub.received.length - received
    work.stop()
    const peak = peakMemoryOf(pid) / 2 ** 20
    const deaths = await measureDeaths(hub, clients)
    const known = Number.isFinite(share) && Number.isFinite(peak)
    const worst = Math.max(...deaths)
    return [
      {
        what: `collector beside ${SESSIONS} busy sessions`,
        measured: known ? `${share.toFixed(1)} % of a core, peak ${peak.toFixed(0)} MB` : 'not known on this system',
        reference: `${((SESSIONS * 1_000) / STEP_MS).toFixed(0)} changes of state and as many calls a second; ${(observations / (MEASURED_MS / 1000)).toFixed(0)} observations a second`,
        target: '< 3 %, < 150 MB',
        reached: known ? share < 3 && peak < 150 : undefined,
      },
      {
        what: 'process file changed → observation at the hub',
        measured: `median ${milliseconds(percentile(latency, 50))}, worst of ${latency.length} ${milliseconds(Math.max(...latency))}`,
        reference: `a bare fs.watch and fetch: median ${milliseconds(percentile(bareLatency, 50))}, worst ${milliseconds(Math.max(...bareLatency))}`,
        target: '≤ 1 s',
        reached: Math.max(...latency) <= 1_000,
      },
      {
        what: 'kill -9 → the end at the hub',
        measured: `median ${milliseconds(percentile(deaths, 50))}, worst of ${deaths.length} ${milliseconds(worst)}`,
        reference: 'looked for every 500 ms',
        target: '≤ 2 s',
        reached: worst <= 2_000,
      },
    ]
  } finally {
    await collector.stop()
    for (const client of clients) await client.kill()
    hub.close()
    removeFolder(folder)
  }
}

/** Lets every session work: a prompt, a tool with a long result, an answer. */
function workAll(clients: readonly ClaudeClient[]): { stop: () => void } {
  const result = 'x'.repeat(20_000)
  const timers = clients.map((client, number) => {
    let step = number
    const advance = () => {
      step++
      if (step % 3 === 0) {
        client.status('busy')
        client.prompt(`prompt ${step}`)
        client.answer('tool_use')
      } else if (step % 3 === 1) {
        client.status('waiting', 'permission prompt')
        client.append({ type: 'user', message: { role: 'user', content: [{ type: 'tool_result', content: result }] } })
        client.append({ attachment: { type: 'file', content: result }, type: 'attachment' })
        client.answer('tool_use')
      } else {
        client.answer('end_turn')
        client.status('idle')
      }
    }
    // They do not all work in the same millisecond.
    let timer: NodeJS.Timeout = setTimeout(
      () => {
        timer = setInterval(advance, STEP_MS)
      },
      (number * STEP_MS) / SESSIONS,
    )
    return () => clearInterval(timer)
  })
  return {
    stop() {
      for (const stop of timers) stop()
    },
  }
}

async function measureChanges(hub: ObservationHub, clients: readonly ClaudeClient[]): Promise<number[]> {
  const took: number[] = []
  for (let round = 0; round < LATENCY_ROUNDS; round++) {
    const client = clients[round % clients.length]!
    const started = Date.now()
    client.status('busy')
    const { at } = await hub.until(
      (one) => one.session_id === client.sessionId && one.activity === 'working' && Date.parse(one.at) >= started,
    )
    took.push(at - started)
    await sleep(50 + (round % 7) * 40)
    client.status('idle')
    await sleep(200)
  }
  return took
}

async function measureDeaths(hub: ObservationHub, clients: readonly ClaudeClient[]): Promise<number[]> {
  const took: number[] = []
  for (const client of clients.slice(0, KILLS)) {
    await sleep(37 * took.length)
    const started = Date.now()
    await client.kill()
    const { at } = await hub.until(({ session_id, end }) => session_id === client.sessionId && end?.outcome === 'failed')
    took.push(at - started)
  }
  return took
}

/** The same changes, noticed and posted by a program that does nothing else. */
async function measureBare(configDir: string, clients: readonly ClaudeClient[]): Promise<number[]> {
  const took: number[] = []
  let arrived = () => {}
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.end()
      arrived()
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const bare = startNode(
    [
      path.join(import.meta.dirname, 'sessions-bare.mjs'),
      path.join(configDir, 'sessions'),
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ],
    { ipc: true },
  )
  try {
    await bare.message((message) => (message === 'watching' ? true : undefined))
    for (let round = 0; round < LATENCY_ROUNDS; round++) {
      const came = new Promise<void>((resolve) => {
        arrived = resolve
      })
      const started = Date.now()
      clients[round % clients.length]!.status('idle')
      await came
      took.push(Date.now() - started)
      await sleep(100)
    }
  } finally {
    await bare.stop('SIGKILL')
    server.closeAllConnections()
    server.close()
  }
  return took
}
