import { fork } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { cpuMsOf } from '../../support/process-usage.ts'
import { repositoryRoot } from '../../support/repository.ts'
import { makeTempFolder, removeFolder } from '../../support/temp.ts'
import { startSmallHub } from '../small-hub.ts'
import type { Target } from './attacker.ts'

/**
 * All six attacks of `attacker.ts` at once, on a hub with 512 MB of heap and 400 descriptors, while other clients work. It
 * ends with 1 when an acknowledged write is lost, when other clients wait too long, when memory grows, or when health is
 * not true. Its times mean something only on a machine that does nothing else.
 */
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '300' }, 'no-attack': { type: 'boolean', default: false } },
})
const RUN_MS = Number(values.seconds) * 1000
const CLIENTS = 8
const P99_MS = 100
const PAUSE_MS = 100

interface Answer {
  readonly status: number
  readonly ms: number
  readonly body: string
}

const ends: (() => Promise<void>)[] = []
const [folder, keylessFolder] = [makeTempFolder(), makeTempFolder()]
const clientKeys = Array.from({ length: CLIENTS }, (_, n) => `client-${n}`)
const hub = await startSmallHub(
  {
    API_KEYS: ['attack-admin', 'attack-heartbeats', ...clientKeys].join(','),
    CLAUDE_SYNC_API_KEY: 'attack-ingest',
    RATE_LIMIT_PER_MINUTE: '1000',
    LIMIT_MIRROR: 'true',
  },
  (end) => void ends.push(end),
  folder,
)

function ask(client: number, method: string, at: string, body?: object): Promise<Answer> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: '127.0.0.1',
        port: hub.port,
        localAddress: `127.0.0.${100 + client}`,
        agent: agents[client]!,
        method,
        path: at,
        headers: { authorization: `Bearer ${clientKeys[client]}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece) => (text += piece))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, ms: performance.now() - began, body: text }))
        response.on('error', reject)
      },
    )
    request.on('error', reject)
    request.setTimeout(30_000, () => request.destroy(new Error('no answer in 30 s')))
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const agents = clientKeys.map(() => new http.Agent({ keepAlive: true, maxSockets: 4 }))
const readKey = (await (await hub.ask('POST', '/api/keys', { name: 'reader', scopes: ['read'] })).json()) as { key: string }
const createSession = async () =>
  (JSON.parse((await ask(0, 'POST', '/sessions', { project_id: 'p', machine_id: 'm' })).body) as { session_id: string }).session_id
const [session, ownSession] = [await createSession(), await createSession()]
/** As `npm start` runs it before there is a key: only programs of its own user are let in, which it knows on Linux only. */
const keyless = await startSmallHub(
  { API_KEYS: undefined, CLAUDE_SYNC_API_KEY: undefined, NODE_ENV: 'development' },
  (end) => void ends.push(end),
  keylessFolder,
)
const assets = path.join(repositoryRoot, 'apps/dashboard/dist/assets')
const asset = fs.existsSync(assets) ? (fs.readdirSync(assets).find((name) => /^index-.*\.js$/.test(name)) ?? 'none.js') : 'none.js'

const attacker = fork(path.join(import.meta.dirname, 'attacker.ts'))
let attacked: Record<string, number> = {}
attacker.on('message', (counts) => (attacked = counts as Record<string, number>))
const target: Target = {
  port: hub.port,
  readKey: readKey.key,
  ingestKey: 'attack-ingest',
  session,
  asset,
  heartbeatKey: 'attack-heartbeats',
  ownSession,
  keylessPort: keyless.port,
}
if (!values['no-attack']) attacker.send(target)

const times: number[] = []
const acknowledged: string[] = []
const problems: string[] = []
const statuses: Record<string, number> = {}
const heartbeats: Record<string, number> = {}
const until = performance.now() + RUN_MS

async function work(client: number): Promise<void> {
  for (let n = 0; performance.now() < until; n++) {
    const id = `c${client}-${n}`
    try {
      const write = n % 2 === 0
      const answer = write
        ? await ask(client, 'POST', '/machines', { machine_id: id, hostname: 'h', docker_slots: [1] })
        : await ask(client, 'GET', '/machines?limit=20')
      times.push(answer.ms)
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
      if (write && answer.status === 201) acknowledged.push(id)
    } catch (error) {
      problems.push(`client ${client}: ${(error as Error).message}`)
    }
    await sleep(PAUSE_MS)
  }
}

/** The owner's heartbeats, which no other key may silence. */
async function sendHeartbeats(): Promise<void> {
  while (performance.now() < until) {
    const answer = await ask(0, 'POST', `/sessions/${session}/heartbeat`, {}).catch(() => undefined)
    heartbeats[answer?.status ?? 'lost'] = (heartbeats[answer?.status ?? 'lost'] ?? 0) + 1
    await sleep(1_000)
  }
}

const memory: number[] = []
const files: number[] = []
const health: Record<string, number> = {}
async function watch(): Promise<void> {
  while (performance.now() < until) {
    memory.push(hub.memory())
    files.push(hub.descriptors())
    const answer = await ask(1, 'GET', '/health').catch(() => undefined)
    health[answer?.status ?? 'lost'] = (health[answer?.status ?? 'lost'] ?? 0) + 1
    await sleep(1_000)
  }
}

await Promise.all([...clientKeys.keys()].map(work).concat(sendHeartbeats(), watch()))
attacker.kill()
await sleep(1_000)
let lost = 0
for (const id of acknowledged) {
  // Spread over the keys, so that no limit of requests is reached.
  const client = acknowledged.indexOf(id) % CLIENTS
  for (let attempt = 0; ; attempt++) {
    const status = (await ask(client, 'GET', `/machines/${id}`).catch(() => undefined))?.status
    if (status === 200) break
    if (status === 404 || attempt > 100) {
      lost++
      break
    }
    await sleep(1_000)
  }
}
times.sort((a, b) => a - b)
const at = (share: number) => Math.round((times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0) * 10) / 10
const third = Math.max(1, Math.floor(memory.length / 3))
const [early, late] = [Math.max(...memory.slice(0, third)), Math.max(...memory.slice(-third))]
/** Looked at once a second. A heap that is only collected late goes up and down; what matters is whether the minutes do. */
function mediansByMinute(samples: readonly number[]): number[] {
  const minutes = Array.from({ length: Math.ceil(samples.length / 60) }, (_, n) => samples.slice(n * 60, (n + 1) * 60))
  return minutes.map((minute) => minute.toSorted((a, b) => a - b)[Math.floor(minute.length / 2)]!)
}

/** Answers 200 while there is no key: then, and only then, it lets in its own user without one. */
const keylessStatus = process.platform === 'linux' ? (await fetch(`${keyless.url}/api/whoami`)).status : 200
/** The keyless hub is attacked from 127.0.0.27. */
const admitted = Object.keys(attacked).filter((answer) => /^7 2/.test(answer))

const result = {
  hub_cpu_s: cpuMsOf(hub.child.process.pid!) / 1000,
  load_average: os.loadavg().map((load) => Math.round(load)),
  seconds: RUN_MS / 1000,
  requests: times.length,
  statuses,
  failed: problems.length,
  p50_ms: at(0.5),
  p99_ms: at(0.99),
  max_ms: at(1),
  acknowledged: acknowledged.length,
  lost,
  memory_mb: { first_third: early, last_third: late, peak: Math.max(...memory), medians_by_minute: mediansByMinute(memory) },
  descriptors: Math.max(...files),
  health,
  owner_heartbeats: heartbeats,
  attacks: attacked,
}
console.log(JSON.stringify(result, null, 2))
for (const problem of problems.slice(0, 10)) console.log(problem)
const wrong = [
  lost > 0 && `${lost} acknowledged writes are lost`,
  problems.length > 0 && `${problems.length} requests of other clients failed`,
  at(0.99) > P99_MS && `p99 of other clients is ${at(0.99)} ms`,
  late > early * 1.25 && `memory grew from ${early} to ${late} MB`,
  admitted.length > 0 && `the hub without keys let callers of a proxy in: ${JSON.stringify(attacked)}`,
  keylessStatus !== 200 && `a key was made at the hub without keys: its owner gets ${keylessStatus}`,
  Object.keys(health).some((status) => status !== '200') && 'health was not 200',
  Object.keys(heartbeats).some((status) => status !== '200') && `the owner's heartbeats were answered ${JSON.stringify(heartbeats)}`,
].filter((line) => line !== false)
for (const line of wrong) console.log(`wrong: ${line}`)
process.exitCode = wrong.length === 0 ? 0 : 1
for (const end of ends) await end()
for (const one of [folder, keylessFolder]) removeFolder(one)
