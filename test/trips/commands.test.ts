import { once } from 'node:events'
import fs from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { StateTrackingApiClient } from '@signalbox/client'
import { expect, onTestFinished, test } from 'vitest'
import { signalbox, startSignalbox } from '../../apps/cli/src/cli.suite.ts'
import { collectorKey } from '../../apps/cli/src/up/collector-key.ts'
import type { Child } from '../support/child.ts'
import { tempFolder } from '../support/temp.ts'
import { writeTranscripts } from '../support/transcripts.ts'
import { until } from './box.ts'

function start(folder: string, args: string[], extra: Record<string, string> = {}): Child {
  const child = startSignalbox(folder, args, { PORT: '0', ...extra })
  onTestFinished(async () => void (await child.stop()))
  return child
}

async function addressOf(child: Child): Promise<string> {
  return (await child.line(/ is at (http:\S+)/))[1] ?? ''
}

/** The processes whose command line names this folder's hub or collector are the children of `up`. */
function childrenOf(pid: number): number[] {
  const children: number[] = []
  for (const name of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, 'utf8')
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid) children.push(Number(name))
    } catch {
      // It ended while we looked.
    }
  }
  return children
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Until the hub has so many calls. */
async function untilCalls(client: StateTrackingApiClient, calls: number): Promise<void> {
  const started = Date.now()
  for (;;) {
    const { totals } = await client.getUsage({ group: 'month' })
    if (totals.calls === calls) return
    if (Date.now() - started > 10_000) throw new Error(`${totals.calls} calls, not ${calls}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const linux = process.platform === 'linux'

test('up: what was used is on the hub, and Ctrl-C leaves nothing running', async () => {
  const folder = tempFolder()
  const { calls, files } = writeTranscripts(path.join(folder, 'claude'))
  const child = start(folder, ['up'])
  const url = await addressOf(child)
  await child.line(new RegExp(`Reading ${files.length} transcripts`))
  await untilCalls(new StateTrackingApiClient({ baseUrl: url }), calls.length)
  const children = linux ? childrenOf(child.process.pid ?? 0) : []
  if (linux) expect(children).toHaveLength(2)
  const { code, stdout, stderr } = await child.stop('SIGINT')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.trim().split('\n')).toHaveLength(3)
  expect(children.filter(isAlive)).toEqual([])
})

test.runIf(linux)('up: a child that dies is started again', async () => {
  const folder = tempFolder()
  const { calls } = writeTranscripts(path.join(folder, 'claude'), { calls: 60 })
  const child = start(folder, ['up'])
  const client = new StateTrackingApiClient({ baseUrl: await addressOf(child) })
  await untilCalls(client, calls.length)
  for (const pid of childrenOf(child.process.pid ?? 0)) process.kill(pid, 'SIGKILL')
  await child.line(/The hub ended \(SIGKILL\); starting it again in 1 s/)
  await child.line(/The collector ended \(SIGKILL\); starting it again in 1 s/)
  // At the same address, and with all it had.
  await untilCalls(client, calls.length)
  expect((await child.stop('SIGTERM')).code).toBe(0)
})

test('up: with a key the page asks for it, and the collector gets one of its own', async () => {
  const folder = tempFolder()
  const { calls } = writeTranscripts(path.join(folder, 'claude'), { calls: 60 })
  const key = (await signalbox(folder, ['keys', 'create', 'me', '--scopes', 'read,admin'])).stdout.trim()
  const child = start(folder, ['up'])
  const baseUrl = await addressOf(child)
  await expect(new StateTrackingApiClient({ baseUrl }).getUsage()).rejects.toMatchObject({ code: 'unauthorized' })
  const client = new StateTrackingApiClient({ baseUrl, apiKey: key })
  await untilCalls(client, calls.length)
  expect((await client.listKeys()).map(({ name, scopes }) => [name.replace(/ on .*/, ''), scopes])).toEqual([
    ['collector', ['ingest']],
    ['me', ['read', 'admin']],
  ])
  if (process.platform !== 'win32') expect(fs.statSync(path.join(folder, 'data', 'credentials.json')).mode & 0o777).toBe(0o600)
  // The next start uses the key there is.
  await collectorKey(baseUrl, path.join(folder, 'data'), [])
  expect(await client.listKeys()).toHaveLength(2)
})

test('up: the first key made while it runs does not stop the collector', async () => {
  const folder = tempFolder()
  const { calls } = writeTranscripts(path.join(folder, 'claude'), { calls: 60 })
  const child = start(folder, ['up'])
  const baseUrl = await addressOf(child)
  const open = new StateTrackingApiClient({ baseUrl })
  await untilCalls(open, calls.length)
  const key = (await signalbox(folder, ['keys', 'create', '--name', 'me', '--scopes', 'read'])).stdout.trim()
  const file = path.join(folder, 'claude', 'projects', 'late', 's.jsonl')
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(
    file,
    `${JSON.stringify({ type: 'assistant', timestamp: new Date().toISOString(), uuid: 'u', requestId: 'r', message: { id: 'late', model: 'claude-opus-5-5', usage: { input_tokens: 1, output_tokens: 1 } } })}\n`,
  )
  await untilCalls(new StateTrackingApiClient({ baseUrl, apiKey: key }), calls.length + 1)
})

test('up: a port that is taken is told in a line, and nothing is left running', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const { port } = other.address() as { port: number }
  const { code, stderr, stdout } = await start(tempFolder(), ['up', '--port', String(port)]).finished
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr).toContain(`Port ${port} is taken`)
})

test('up: data that cannot be written is told in a line', async () => {
  const folder = tempFolder()
  fs.writeFileSync(path.join(folder, 'data'), '')
  const { code, stderr } = await start(folder, ['up']).finished
  expect(code).toBe(1)
  expect(stderr).toMatch(/^signalbox: .*data cannot be written.*DATA_DIR.*\n$/)
})

test('up: beyond this machine without a key it does not start, and says how to make one', async () => {
  const { code, stderr } = await start(tempFolder(), ['up', '--host', '0.0.0.0']).finished
  expect(code).toBe(1)
  expect(stderr).toContain('signalbox keys create')
})

test('up: no transcripts is worth a line, not an end', async () => {
  const folder = tempFolder()
  const child = start(folder, ['up'])
  await child.line(/No transcripts in .*CLAUDE_CONFIG_DIR/)
  expect((await child.stop('SIGTERM')).code).toBe(0)
})

test('collector status tells of the collector that up runs, doctor finds all well, resend sends again', async () => {
  const folder = tempFolder()
  const { calls } = writeTranscripts(path.join(folder, 'claude'), { calls: 60 })
  const none = await signalbox(folder, ['collector', 'status'])
  expect(none).toMatchObject({ code: 1, stdout: expect.stringContaining('signalbox up') })
  const child = start(folder, ['up'])
  const url = await addressOf(child)
  await untilCalls(new StateTrackingApiClient({ baseUrl: url }), calls.length)
  // The status is written half a second later.
  let told = await signalbox(folder, ['collector', 'status'])
  while (!told.stdout.includes('Sent')) told = await signalbox(folder, ['collector', 'status'])
  expect(told.code).toBe(0)
  const json = JSON.parse((await signalbox(folder, ['collector', 'status', '--json'])).stdout)
  expect(json).toMatchObject({ running: true, hub: url, pending: 0 })
  const { findings } = JSON.parse((await signalbox(folder, ['doctor', '--json'], { SIGNALBOX_URL: url })).stdout) as {
    findings: { about: string; state: string }[]
  }
  expect(findings.filter(({ about }) => ['Hub', 'Key', 'Collector'].includes(about)).map(({ state }) => state)).toEqual(['ok', 'ok', 'ok'])
  expect((await signalbox(folder, ['collector', 'resend'])).stdout).toContain(`${calls.length} calls will be sent again`)
})

test.each(['SIGINT', 'SIGTERM'] as const)('hub and collector alone end with 0 when %s is sent to the command', async (signal) => {
  const folder = tempFolder()
  const hub = start(folder, ['hub'], { NODE_ENV: 'development' })
  const url = (await hub.line(/listens on (http:[^\s"]+)/))[1] ?? ''
  const collector = start(folder, ['collector'], { SIGNALBOX_URL: url })
  await collector.line(/collecting/)
  expect((await collector.stop(signal)).code).toBe(0)
  expect((await hub.stop(signal)).code).toBe(0)
})

test('demo: a hub full of usage that leaves nothing behind', async () => {
  const folder = tempFolder()
  const temp = path.join(folder, 'tmp')
  fs.mkdirSync(temp)
  const child = start(folder, ['demo'], { TMPDIR: temp, PORT: '' })
  const client = new StateTrackingApiClient({ baseUrl: await addressOf(child) })
  await child.line(/filled with a month of [\d,]+ calls/)
  const { totals, rows } = await client.getUsage({ group: 'day', timezone: 'UTC' })
  expect(totals.calls).toBeGreaterThan(1_000)
  expect(rows.length).toBeGreaterThan(20)
  expect((await client.getUsage({ group: 'machine' })).rows.length).toBeGreaterThan(1)
  const { series } = await client.getLimitHistory()
  expect(series.map(({ label }) => label)).toEqual(expect.arrayContaining(['Current session', 'All models', 'Fable only', 'Sonnet only']))
  expect(series[0]?.points.some(({ reset }) => reset)).toBe(true)
  // Its collector is there, and may be asked.
  await until(
    () => client.triggerLimitReading().catch(() => undefined),
    (asked) => asked?.machine_id === 'ada-laptop',
  )
  // The fleet moves: one of them fails a few seconds later.
  const sessions = await until(
    () => client.listSessions({ limit: 100 }),
    (all) =>
      all.some(({ status }) => status === 'failed') && all.some(({ status, activity }) => status === 'active' && activity === 'waiting'),
  )
  expect(new Set(sessions.map(({ machine_id }) => machine_id)).size).toBeGreaterThan(2)
  expect((await child.stop('SIGINT')).code).toBe(0)
  expect(fs.readdirSync(temp).filter((name) => name.startsWith('signalbox-demo'))).toEqual([])
  expect(fs.existsSync(path.join(folder, 'data'))).toBe(false)
})
