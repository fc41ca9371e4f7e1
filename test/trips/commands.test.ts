import fs from 'node:fs'
import path from 'node:path'
import { StateTrackingApiClient } from '@signalbox/client'
import { readOwnerKey } from '@signalbox/hub-address/owner-key'
import { expect, onTestFinished, test } from 'vitest'
import { runCommand, startSignalbox } from '../../apps/cli/src/cli.suite.ts'
import { processIo } from '../../apps/cli/src/process-io.ts'
import { collectorKey } from '../../apps/cli/src/up/collector-key.ts'
import type { Child } from '../support/child.ts'
import { descendantsOf, filterAlive } from '../support/process-tree.ts'
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

async function waitForCalls(client: StateTrackingApiClient, calls: number): Promise<void> {
  await until(
    () => client.getUsage({ group: 'month' }),
    ({ totals }) => totals.calls === calls,
    60_000,
  )
}

const linux = process.platform === 'linux'

test('up: the usage of all transcripts reaches the hub, and Ctrl-C leaves nothing running', async () => {
  const folder = tempFolder()
  const { calls, files } = writeTranscripts(path.join(folder, 'claude'))
  const child = start(folder, ['up'])
  const url = await addressOf(child)
  await child.line(new RegExp(`Reading ${files.length} transcripts`))
  await waitForCalls(new StateTrackingApiClient({ baseUrl: url }), calls.length)
  const children = linux ? descendantsOf(child.process.pid ?? 0) : []
  if (linux) expect(children).toHaveLength(2)
  const { code, stdout, stderr } = await child.stop('SIGINT')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.trim().split('\n')).toHaveLength(3)
  expect(filterAlive(children)).toEqual([])
})

test.runIf(linux)('up: a child that dies is restarted', async () => {
  const folder = tempFolder()
  const { calls } = writeTranscripts(path.join(folder, 'claude'), { calls: 60 })
  const child = start(folder, ['up'])
  const client = new StateTrackingApiClient({ baseUrl: await addressOf(child) })
  await waitForCalls(client, calls.length)
  for (const pid of descendantsOf(child.process.pid ?? 0)) process.kill(pid, 'SIGKILL')
  await child.line(/The hub exited \(SIGKILL\); restarting in 1 s/)
  await child.line(/The collector exited \(SIGKILL\); restarting in 1 s/)
  // The same address has the same data.
  await waitForCalls(client, calls.length)
  expect((await child.stop('SIGTERM')).code).toBe(0)
})

test('up: with a key, requests need it, and the collector gets one of its own', async () => {
  const folder = tempFolder()
  const { calls } = writeTranscripts(path.join(folder, 'claude'), { calls: 60 })
  const key = (await runCommand(folder, ['keys', 'create', 'me', '--scopes', 'read,admin'])).stdout.trim()
  const child = start(folder, ['up'])
  const baseUrl = await addressOf(child)
  await expect(new StateTrackingApiClient({ baseUrl }).getUsage()).rejects.toMatchObject({ code: 'unauthorized' })
  const client = new StateTrackingApiClient({ baseUrl, apiKey: key })
  await waitForCalls(client, calls.length)
  expect((await client.listKeys()).map(({ name, scopes }) => [name.replace(/ on .*/, ''), scopes])).toEqual([
    ['collector', ['ingest']],
    ['me', ['read', 'admin']],
  ])
  if (process.platform !== 'win32') expect(fs.statSync(path.join(folder, 'data', 'credentials.json')).mode & 0o777).toBe(0o600)
  // The next start uses the key there is.
  await collectorKey(processIo(), baseUrl, path.join(folder, 'data'), [])
  expect(await client.listKeys()).toHaveLength(2)
})

test('up: the first key made while it runs does not stop the collector', async () => {
  const folder = tempFolder()
  const { calls } = writeTranscripts(path.join(folder, 'claude'), { calls: 60 })
  const child = start(folder, ['up'])
  const baseUrl = await addressOf(child)
  const anonymous = new StateTrackingApiClient({ baseUrl })
  await waitForCalls(anonymous, calls.length)
  const key = (await runCommand(folder, ['keys', 'create', '--name', 'me', '--scopes', 'read'])).stdout.trim()
  expect(await runCommand(folder, ['keys', 'revoke', 'k_x'])).toMatchObject({
    code: 1,
    stderr: 'signalbox keys: There is no key k_x. To list the keys there are: signalbox keys list\n',
  })
  const file = path.join(folder, 'claude', 'projects', 'new', 's.jsonl')
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(
    file,
    `${JSON.stringify({ type: 'assistant', timestamp: new Date().toISOString(), uuid: 'u', requestId: 'r', message: { id: 'new', model: 'claude-opus-5-5', usage: { input_tokens: 1, output_tokens: 1 } } })}\n`,
  )
  await waitForCalls(new StateTrackingApiClient({ baseUrl, apiKey: key }), calls.length + 1)
})

test('collector status shows the collector that up runs, doctor finds no problem, resend queues every call again', async () => {
  const folder = tempFolder()
  const { calls } = writeTranscripts(path.join(folder, 'claude'), { calls: 60 })
  const before = await runCommand(folder, ['collector', 'status'])
  expect(before).toMatchObject({ code: 1, stdout: expect.stringContaining('signalbox up') })
  const child = start(folder, ['up'])
  const url = await addressOf(child)
  await waitForCalls(new StateTrackingApiClient({ baseUrl: url }), calls.length)
  // The collector writes its status half a second after it has sent the calls and begun to watch their folders.
  const json = await until(
    async () => JSON.parse((await runCommand(folder, ['collector', 'status', '--json'])).stdout),
    ({ sent, pending, read }) => sent.calls >= calls.length && pending === 0 && read.watching,
  )
  expect(json).toMatchObject({ running: true, hub: url, pending: 0 })
  expect(await runCommand(folder, ['collector', 'status'])).toMatchObject({ code: 0, stdout: expect.stringContaining('Sent') })
  const { findings } = JSON.parse((await runCommand(folder, ['doctor', '--json'], { SIGNALBOX_URL: url })).stdout) as {
    findings: { about: string; state: string }[]
  }
  expect(findings.filter(({ about }) => ['Hub', 'Key', 'Collector'].includes(about)).map(({ state }) => state)).toEqual(['ok', 'ok', 'ok'])
  // The calls, and the estimates of those that are not finished.
  const [, again] = /^(\d+) records will be sent again/.exec((await runCommand(folder, ['collector', 'resend'])).stdout) ?? []
  expect(Number(again)).toBe(json.sent.calls)
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

/** Filling it takes some eight seconds of a processor, which a busy machine has not. */
const DEMO_TIMEOUT_MS = 300_000

test(
  'demo: a hub full of usage that leaves nothing behind',
  async () => {
    const folder = tempFolder()
    const temp = path.join(folder, 'tmp')
    fs.mkdirSync(temp)
    // The demo has a hub of its own, whatever the user's has: this one would refuse to start.
    const child = start(folder, ['demo'], { TMPDIR: temp, PORT: '', MONGODB_URI: 'mongodb://127.0.0.1:1/none' })
    const url = await addressOf(child)
    const client = new StateTrackingApiClient({ baseUrl: url })
    await child.line(/filled with a week of [\d,]+ calls/)
    const { totals, rows } = await client.getUsage({ group: 'day', timezone: 'UTC' })
    expect(totals.calls).toBeGreaterThan(1_000)
    expect(rows.length).toBeGreaterThan(5)
    expect((await client.getUsage({ group: 'machine' })).rows.length).toBe(8)
    expect((await client.listMachines()).length).toBe(8)
    expect((await client.listAccounts()).map(({ name }) => name).sort()).toEqual(['Ada', 'Grace'])
    expect(new Set((await client.listBudgets()).map(({ name }) => name))).toEqual(
      new Set(['All projects', 'Timetable', 'Racks', 'Weekly limit']),
    )
    const { series } = await client.getLimitHistory()
    expect(series.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['5-hour limit', 'Weekly limit', 'Weekly limit · Fable', 'Weekly limit · Sonnet']),
    )
    expect(series[0]?.points.some(({ reset }) => reset)).toBe(true)
    // One of the demo's collectors answers a request for a snapshot.
    await until(
      () => client.triggerLimitSnapshot().catch(() => undefined),
      (accepted) => ['ada-laptop', 'grace-desktop'].includes(accepted?.machine_id ?? ''),
    )
    // The demo's sessions change: one fails a few seconds after the start.
    const sessions = await until(
      () => client.listSessions({ limit: 100 }),
      (all) =>
        ['active', 'paused', 'completed', 'failed', 'archived'].every((status) => all.some((session) => session.status === status)) &&
        all.some(({ status, activity }) => status === 'active' && activity === 'waiting'),
    )
    expect(sessions.length).toBeGreaterThanOrEqual(20)
    expect(new Set(sessions.map(({ machine_id }) => machine_id)).size).toBeGreaterThan(4)
    await until(
      () => client.listAlerts({ state: ['open'] }),
      (open) => open.length > 1,
    )
    // Its channels take the messages, one of them not at once.
    const channels = await client.listChannels()
    expect(channels.map(({ name }) => name).sort()).toEqual(['On-call phone', 'Team chat'])
    const outcomes = async () => {
      const messages = await Promise.all(channels.map(({ channel_id }) => client.listChannelMessages(channel_id)))
      return messages.flat().flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome))
    }
    await until(outcomes, (all) => all.includes('sent') && all.includes('failed'))
    // A permission and a question wait for an answer; the session goes on with it.
    const [demoFolder = ''] = fs.readdirSync(temp).filter((name) => name.startsWith('signalbox-demo'))
    const owner = new StateTrackingApiClient({ baseUrl: url, apiKey: readOwnerKey(path.join(temp, demoFolder))!.key })
    const asked = await until(
      () => owner.listQuestions({ state: ['open'] }),
      (open) => ['permission', 'question'].every((kind) => open.some((one) => one.kind === kind)),
    )
    const permission = asked.find(({ kind }) => kind === 'permission')!
    await owner.answerQuestion(permission.question_id, { decision: 'allow' })
    await until(
      () => owner.getQuestion(permission.question_id),
      ({ state, outcome }) => state === 'ended' && outcome === 'applied',
    )
    expect((await child.stop('SIGINT')).code).toBe(0)
    expect(fs.readdirSync(temp).filter((name) => name.startsWith('signalbox-demo'))).toEqual([])
    expect(fs.existsSync(path.join(folder, 'data'))).toBe(false)
  },
  DEMO_TIMEOUT_MS,
)
