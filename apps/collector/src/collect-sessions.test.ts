import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { collectorStatusSchema } from '@signalbox/contract/collector'
import type { SessionObservation } from '@signalbox/contract/session-observation'
import { expect, onTestFinished, test } from 'vitest'
import type { ClaudeClient } from '../../../test/support/claude-client.ts'
import { stretchForLoad } from '../../../test/support/machine-load.ts'
import { machine } from './collect-sessions.fixture.ts'

const isOf = (client: ClaudeClient | string, wanted: Partial<SessionObservation> & { reason?: string }) => {
  const session = typeof client === 'string' ? client : client.sessionId
  const { reason, ...fields } = wanted
  return (one: SessionObservation) =>
    one.session_id === session &&
    Object.entries(fields).every(([name, value]) => JSON.stringify(one[name as keyof SessionObservation]) === JSON.stringify(value)) &&
    (reason === undefined || one.end?.reason === reason)
}

test('a session is reported with each of its states, its numbers and its end', async () => {
  const { client, collector, hub } = await machine()
  await collector()
  const claude = client()
  const { observation } = await hub.until((one) => one.event?.kind === 'started')
  expect(observation).toMatchObject({
    session_id: claude.sessionId,
    source: 'process-file',
    project_id: '/home/ada/engine',
    alive: true,
    event: { kind: 'started', reason: 'startup' },
    fields: { version: '2.1.332', kind: 'interactive', pid: claude.pid },
  })
  claude.status('idle')
  await hub.until(isOf(claude, { activity: 'idle' }))
  claude.status('busy')
  claude.prompt('go')
  await hub.until(isOf(claude, { activity: 'working' }))
  claude.status('waiting', 'permission prompt')
  await hub.until(isOf(claude, { activity: 'waiting', waiting_for: 'permission' }))
  claude.answer('end_turn', 'done', 12_000)
  claude.append({ type: 'system', subtype: 'turn_duration', durationMs: 900 })
  const { observation: facts } = await hub.until((one) => one.fields?.cost_usd !== undefined)
  expect(facts).toMatchObject({ source: 'transcript' })
  await hub.until((one) => one.event?.kind === 'turn-ended')
  const fields = Object.assign({}, ...hub.of(claude.sessionId).map((one) => one.fields))
  expect(fields).toMatchObject({
    model: 'claude-opus-5-5',
    branch: 'main',
    permission_mode: 'default',
    context_tokens: 12_312,
    input_tokens: 12,
    output_tokens: 42,
    cache_read_tokens: 12_000,
  })
  await hub.untilHeartbeat(
    ({ sessions, claude_code_versions: versions }) => sessions.includes(claude.sessionId) && versions?.[0] === '2.1.332',
  )
  await claude.exit()
  await hub.until(isOf(claude, { end: { outcome: 'completed', reason: 'exit' } }))
  await hub.untilHeartbeat(({ sessions }) => sessions.length === 0)
})

test.skipIf(process.platform === 'win32')('a FIFO and an endless device among the process files hide no session', async () => {
  const { client, collector, hub, configDir } = await machine()
  const sessions = path.join(configDir, 'sessions')
  fs.mkdirSync(sessions, { recursive: true })
  execFileSync('mkfifo', [path.join(sessions, '1.json')])
  fs.symlinkSync('/dev/zero', path.join(sessions, '2.json'))
  await collector()
  const other = client()
  other.status('idle')
  await hub.until(isOf(other, { activity: 'idle' }))
})

test('a session whose process file has an absurd time is reported, and so are the others', async () => {
  const { client, collector, hub } = await machine()
  const time = Number.MAX_SAFE_INTEGER
  const absurd = client({ file: { startedAt: time, updatedAt: time, statusUpdatedAt: time, status: 'busy' } })
  const other = client()
  await collector()
  other.status('busy')
  const { observation } = await hub.until(isOf(absurd, { activity: 'working' }))
  expect(Math.abs(Date.now() - Date.parse(observation.at))).toBeLessThan(60_000)
  await hub.until(isOf(other, { activity: 'working' }))
  // What the hub does not know is reported once more, session by session.
  hub.unknown = [absurd.sessionId, other.sessionId]
  // A session that begins sends a heartbeat, whose answer names them.
  client()
  for (const one of [absurd, other])
    await hub.until(({ observation_id, session_id }) => session_id === one.sessionId && /:now:\d+$/.test(observation_id))
})

test('a killed session fails within two seconds, and one with a reused pid too', async () => {
  const { client, collector, hub } = await machine()
  const [killed, reused] = [client(), client()]
  await collector()
  await hub.untilHeartbeat(({ sessions }) => sessions.length === 2)
  const started = Date.now()
  await killed.kill()
  const { at } = await hub.until(isOf(killed, { end: { outcome: 'failed', reason: 'process ended' } }))
  expect(at - started).toBeLessThan(2_000)
  // Another process has the pid, and its client writes its own file.
  const file = JSON.parse(fs.readFileSync(reused.processFile, 'utf8')) as object
  const other = { ...file, sessionId: crypto.randomUUID(), procStart: '1' }
  fs.writeFileSync(reused.processFile, JSON.stringify(other))
  await hub.until((one) => one.session_id === reused.sessionId && one.end !== undefined)
})

test('/clear ends a session and begins another; going back resumes it', async () => {
  const { client, collector, hub } = await machine()
  const claude = client()
  const first = claude.sessionId
  await collector()
  claude.status('idle')
  claude.prompt('one')
  await hub.until(isOf(first, { activity: 'idle' }))
  claude.clear()
  await hub.until(isOf(first, { end: { outcome: 'completed', reason: 'clear' } }))
  const { observation } = await hub.until(isOf(claude, { event: { kind: 'started', reason: 'clear' } }))
  expect(observation.session_id).not.toBe(first)
  claude.prompt('two')
  const resumed = client({ sessionId: first })
  await hub.until(isOf(resumed, { event: { kind: 'started', reason: 'resume' } }))
  expect(hub.of(first).at(-1)?.end).toBeUndefined()
})

test('an old client is followed through /clear, which it does not write into its file', async () => {
  const { client, collector, hub } = await machine()
  await collector()
  const claude = client({ version: '2.1.120' })
  const first = claude.sessionId
  claude.status('idle')
  await hub.until(isOf(claude, { event: { kind: 'started', reason: 'startup' } }))
  claude.prompt('one')
  claude.answer()
  await hub.until((one) => one.source === 'transcript' && one.session_id === first)
  claude.sessionId = crypto.randomUUID()
  claude.append({ type: 'user', message: { role: 'user', content: '<command-name>/clear</command-name>' } })
  await hub.until(isOf(first, { end: { outcome: 'completed', reason: 'clear' } }))
  await hub.until(isOf(claude, { event: { kind: 'started', reason: 'clear' } }))
})

test('a client without a status is known by its transcript, and its end by its process', async () => {
  const { client, collector, hub } = await machine()
  await collector()
  const claude = client({ version: '2.1.200', kind: 'print' })
  await hub.until(isOf(claude, { event: { kind: 'started', reason: 'startup' } }))
  claude.prompt('go')
  const { observation } = await hub.until(isOf(claude, { activity: 'working' }))
  expect(observation.source).toBe('transcript')
  claude.answer('tool_use')
  claude.answer('end_turn')
  await hub.until(isOf(claude, { activity: 'idle' }))
  fs.rmSync(claude.processFile)
  await claude.kill()
  await hub.until((one) => one.session_id === claude.sessionId && one.end?.outcome === 'completed')
})

test('a session of which only the transcript is here is reported by it, and never called dead', async () => {
  const { configDir, client, collector, hub } = await machine()
  const foreign = client({ file: { pidDomain: 'linux:0123456789abcdef0123456789abcdef:pid:[1]', pid: 1 } })
  fs.rmSync(path.join(configDir, 'sessions'), { recursive: true })
  fs.mkdirSync(path.join(configDir, 'sessions'))
  const elsewhere = { pid: foreign.pid, sessionId: foreign.sessionId, cwd: foreign.cwd, startedAt: Date.now(), version: '2.1.332' }
  const pidDomain = 'linux:0123456789abcdef0123456789abcdef:pid:[1]'
  fs.writeFileSync(foreign.processFile, JSON.stringify({ ...elsewhere, status: 'busy', statusUpdatedAt: Date.now(), pidDomain }))
  fs.mkdirSync(path.dirname(foreign.transcript), { recursive: true })
  await collector()
  await hub.untilHeartbeat(() => true)
  // The first scan of the transcripts is over before the row is written.
  await expect.poll(() => readStatus(configDir)?.read.at).toBeDefined()
  foreign.prompt('go')
  foreign.answer('tool_use')
  const { observation } = await hub.until((one) => one.session_id === foreign.sessionId && one.activity === 'working')
  expect(observation).toMatchObject({ source: 'transcript', alive: true, project_id: '/home/ada/engine' })
  await foreign.kill()
  foreign.answer('end_turn')
  await hub.until(isOf(foreign, { activity: 'idle' }))
  fs.rmSync(foreign.processFile)
  const other = client()
  await hub.until((one) => one.session_id === other.sessionId)
  expect(hub.of(foreign.sessionId).filter(({ source, end }) => source === 'process-file' || end !== undefined)).toEqual([])
  expect(hub.heartbeats.flatMap(({ sessions }) => sessions)).not.toContain(foreign.sessionId)
})

/** The status file beside the configuration folder. */
function readStatus(configDir: string) {
  try {
    return collectorStatusSchema.parse(JSON.parse(fs.readFileSync(path.join(configDir, '..', 'data', 'collector.json'), 'utf8')))
  } catch {
    return undefined
  }
}

test('half a process file is read again when it is whole', async () => {
  const { client, collector, hub } = await machine()
  const claude = client()
  await collector()
  claude.status('idle')
  await hub.until(isOf(claude, { activity: 'idle' }))
  claude.status('busy')
  const text = fs.readFileSync(claude.processFile, 'utf8')
  fs.writeFileSync(claude.processFile, text.slice(0, 60))
  await new Promise((resolve) => setTimeout(resolve, 30))
  fs.writeFileSync(claude.processFile, text)
  await hub.until(isOf(claude, { activity: 'working' }))
  expect(hub.of(claude.sessionId).some(({ end }) => end !== undefined)).toBe(false)
})

test('subagents are reported with their start, their type and their end', async () => {
  const { client, collector, hub } = await machine()
  const claude = client()
  await collector()
  claude.status('busy')
  claude.prompt('go')
  await hub.until(isOf(claude, { event: { kind: 'prompt' } }))
  const folder = path.join(claude.transcript.replace(/\.jsonl$/, ''), 'subagents')
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, 'agent-a1.meta.json'), '{"agentType":"general-purpose","description":"planted"}')
  const row = (type: string, message: object) =>
    `${JSON.stringify({ isSidechain: true, agentId: 'a1', type, message, uuid: 'u', timestamp: new Date().toISOString() })}\n`
  fs.writeFileSync(path.join(folder, 'agent-a1.jsonl'), row('user', { role: 'user', content: 'planted' }))
  const { observation } = await hub.until((one) => one.event?.kind === 'subagent-started')
  expect(observation).toMatchObject({ subagents_running: ['a1'], subagents: [{ agent_id: 'a1', agent_type: 'general-purpose' }] })
  fs.appendFileSync(path.join(folder, 'agent-a1.jsonl'), row('assistant', { role: 'assistant', content: [], stop_reason: 'end_turn' }))
  const { observation: ended } = await hub.until((one) => one.event?.kind === 'subagent-ended')
  expect(ended).toMatchObject({ subagents_running: [], event: { name: 'general-purpose', agent_id: 'a1' } })
})

test('an outage of the hub loses no transition: all arrive in order, with their times', async () => {
  const { client, collector, hub } = await machine()
  const claude = client()
  await collector()
  claude.status('idle')
  await hub.until(isOf(claude, { activity: 'idle' }))
  hub.status = 503
  const expected: string[] = []
  for (const status of ['busy', 'waiting', 'busy', 'idle', 'busy', 'idle']) {
    claude.status(status)
    expected.push(status === 'busy' ? 'working' : status)
    // A process file has only the newest state; the collector has to have seen it before the next one.
    await sleep(await stretchForLoad(150))
  }
  const second = client()
  await second.kill()
  const third = client()
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  await third.kill()
  const restarted = Date.now()
  hub.status = undefined
  await hub.until(isOf(third, { reason: 'process ended' }))
  const observed = hub.of(claude.sessionId).filter(({ activity, source }) => activity !== undefined && source === 'process-file')
  expect(observed.slice(-expected.length).map(({ activity }) => activity)).toEqual(expected)
  const times = observed.map(({ at }) => at)
  expect(times).toEqual(times.toSorted())
  expect(Date.parse(times.at(-1) ?? '')).toBeLessThan(restarted)
})

test('a session that ends while no collector runs gets its end from the next one', async () => {
  const { client, collector, hub } = await machine()
  const [killed, exited, living] = [client(), client(), client()]
  const child = await collector()
  // What a killed collector had only in memory, no one knows of.
  for (const one of [killed, exited, living]) await hub.until(isOf(one, { event: { kind: 'started', reason: 'startup' } }))
  exited.prompt('go')
  await child.stop('SIGKILL')
  await killed.kill()
  await exited.exit()
  await collector()
  await hub.until(isOf(killed, { end: { outcome: 'failed', reason: 'process ended', inferred: true } }))
  // Of a collector that starts more than two seconds later it is inferred: what the transcript says of it is taken for known.
  await hub.until(({ session_id, end }) => session_id === exited.sessionId && end?.outcome === 'completed' && end.reason === 'exit')
  await hub.untilHeartbeat(({ sessions }) => sessions.length === 1 && sessions[0] === living.sessionId)
  expect(hub.of(living.sessionId).some(({ end }) => end !== undefined)).toBe(false)
})

test('a session left by /clear while no collector runs is ended by the next one, though its process lives', async () => {
  const { client, collector, hub } = await machine()
  const [cleared, resumed] = [client(), client()]
  const [first, second] = [cleared.sessionId, resumed.sessionId]
  const child = await collector()
  await hub.untilHeartbeat(({ sessions }) => sessions.length === 2)
  cleared.status('idle')
  resumed.prompt('go')
  await hub.until(isOf(first, { activity: 'idle' }))
  await child.stop('SIGKILL')
  cleared.clear()
  // Another process has taken up the session that this one leaves.
  resumed.prompt('more')
  resumed.clear()
  resumed.status('idle')
  const other = client({ sessionId: second })
  other.status('idle')
  await collector()
  const { observation } = await hub.until((one) => one.session_id === first && one.end !== undefined)
  expect(observation.end).toEqual({ outcome: 'completed', reason: 'clear', inferred: true })
  const { observation: started } = await hub.until(isOf(cleared, { event: { kind: 'started', reason: 'clear' } }))
  // Nothing is said to have lived before the session that it followed was left.
  expect(started.at).toBe(observation.at)
  await hub.until(isOf(resumed, { event: { kind: 'started', reason: 'clear' } }))
  await hub.until((one) => one.session_id === second && one.fields?.pid === other.pid)
  await hub.untilHeartbeat(
    ({ sessions }) => sessions.length === 3 && [cleared, resumed, other].every((one) => sessions.includes(one.sessionId)),
  )
  expect(hub.of(second).filter(({ end }) => end !== undefined)).toEqual([])
})

test('an old client that has moved to another session is still in it for the next collector', async () => {
  const { client, collector, hub } = await machine()
  const child = await collector()
  const claude = client({ version: '2.1.120' })
  const first = claude.sessionId
  claude.status('idle')
  // A transcript alone does not say which client it is of.
  await hub.until(isOf(claude, { event: { kind: 'started', reason: 'startup' } }))
  claude.prompt('one')
  claude.answer()
  await hub.until((one) => one.source === 'transcript' && one.session_id === first)
  claude.sessionId = crypto.randomUUID()
  claude.append({ type: 'user', message: { role: 'user', content: '<command-name>/clear</command-name>' } })
  await hub.until(isOf(first, { end: { outcome: 'completed', reason: 'clear' } }))
  await child.stop('SIGKILL')
  const known = new Set(hub.of(first).map((one) => one.observation_id))
  const restarted = Date.now()
  await collector()
  await hub.untilHeartbeat(({ sessions, started_at }) => Date.parse(started_at) >= restarted && sessions.join() === claude.sessionId)
  claude.status('busy')
  await hub.until(isOf(claude, { activity: 'working' }))
  // What the killed collector had sent may come again, its last numbers late, its end once more, but nothing that would bring it back.
  for (const one of hub.of(first).filter(({ observation_id }) => !known.has(observation_id)))
    expect([one.alive ?? false, one.activity, one.event?.kind ?? 'ended']).toEqual([false, undefined, 'ended'])
})

test('a hub that does not know a session, or has missed an end, gets it once more; so does one that was emptied', async () => {
  const { client, collector, hub } = await machine()
  const [living, gone] = [client(), client()]
  const child = await collector()
  living.status('waiting', 'input needed')
  await hub.until(isOf(living, { activity: 'waiting' }))
  await gone.exit()
  await hub.until(isOf(gone, { reason: 'exit' }))
  hub.received.length = 0
  hub.unknown = [living.sessionId, crypto.randomUUID()]
  hub.missing = [gone.sessionId, crypto.randomUUID()]
  // The next heartbeat comes at once, because a session starts.
  const third = client()
  await hub.until(isOf(living, { activity: 'waiting', waiting_for: 'input' }))
  await hub.until(isOf(gone, { reason: 'exit' }))
  expect(hub.received.every(({ observation }) => [living, gone, third].some(({ sessionId }) => sessionId === observation.session_id))).toBe(
    true,
  )
  hub.received.length = 0
  hub.storeId = 'second'
  hub.status = 503
  living.status('idle')
  await child.line(/does not accept observations now/)
  hub.status = undefined
  await hub.until(isOf(third, { alive: true }))
  await hub.until(isOf(living, { activity: 'idle' }))
})

test('a session whose end the hub knows first is not reported alive after it', async () => {
  const { client, collector, hub } = await machine()
  const [living, ending] = [client(), client()]
  await collector()
  await hub.untilHeartbeat(({ sessions }) => sessions.length === 2)
  await hub.until(isOf(ending, { alive: true }))
  hub.received.length = 0
  hub.unknown = [living.sessionId, ending.sessionId]
  // Who started it has reported the end, before the next look of the collector.
  hub.beforeHeartbeatAnswer = async ({ sessions }) => {
    if (sessions.length === 3) await ending.kill()
  }
  client()
  await hub.until(isOf(ending, { reason: 'process ended' }))
  await hub.until(isOf(living, { alive: true }))
  expect(hub.of(ending.sessionId).map(({ alive }) => alive)).not.toContain(true)
})

test('a clean stop says so, and names the sessions that go on', async () => {
  const { client, collector, hub, dataDir } = await machine()
  const claude = client()
  const child = await collector()
  await hub.untilHeartbeat(({ sessions }) => sessions.length === 1)
  expect((await child.stop('SIGTERM')).code).toBe(0)
  expect(hub.heartbeats.at(-1)).toMatchObject({ state: 'stopped', sessions: [claude.sessionId] })
  const status = collectorStatusSchema.parse(JSON.parse(fs.readFileSync(path.join(dataDir, 'collector.json'), 'utf8')))
  expect(status.sessions).toMatchObject({ alive: 1, versions: ['2.1.332'], watching: true })
})

test('a key that the hub refuses keeps everything', async () => {
  const { client, collector, hub, dataDir } = await machine()
  hub.status = 401
  const child = await collector()
  const claude = client()
  await child.line(/does not accept the key; observations are queued/)
  await claude.kill()
  await expect.poll(() => readStatus(path.join(dataDir, '..', 'claude'))?.sessions?.pending).toBeGreaterThanOrEqual(2)
  await child.stop('SIGTERM')
  hub.status = undefined
  await collector()
  await hub.until(isOf(claude, { reason: 'process ended' }))
})

test('a key that the hub accepts again is found out within seconds, and everything is sent', async () => {
  const { client, collector, hub } = await machine()
  hub.status = 401
  const child = await collector()
  const claude = client()
  await child.line(/does not accept the key; observations are queued/)
  claude.status('busy')
  hub.status = undefined
  const from = Date.now()
  const { at } = await hub.until(isOf(claude, { activity: 'working' }))
  expect(at - from).toBeLessThan(await stretchForLoad(12_000))
})

test('what a run has used that came and went while no collector ran is reported, without a word that it lives', async () => {
  const { client, collector, hub } = await machine()
  const child = await collector()
  await child.stop('SIGKILL')
  const print = client({ kind: 'print' })
  print.prompt('go')
  print.answer()
  await print.exit()
  await collector()
  const { observation } = await hub.until((one) => one.session_id === print.sessionId && one.fields?.output_tokens !== undefined)
  expect(observation).toMatchObject({
    source: 'transcript',
    project_id: '/home/ada/engine',
    fields: { output_tokens: 42, model: 'claude-opus-5-5' },
  })
  for (const one of hub.of(print.sessionId))
    expect([one.alive, one.event, one.activity, one.end]).toEqual([undefined, undefined, undefined, undefined])
})

test('no word of a conversation is in the queue, in the log or on the network', async () => {
  const { client, collector, hub, dataDir } = await machine()
  const child = await collector({ LOG_LEVEL: 'trace' })
  const claude = client({ file: { name: 'planted-title', nameSource: 'prompt', waitingFor: 'planted' } })
  hub.status = 503
  claude.status('waiting', 'planted prompt of a dialog')
  claude.prompt('planted words')
  claude.answer('tool_use', 'planted command')
  claude.append({ type: 'user', message: { role: 'user', content: [{ type: 'tool_result', content: 'planted output' }] } })
  claude.append({ type: 'ai-title', aiTitle: 'planted title' }, { type: 'summary', summary: 'planted summary' })
  claude.answer('end_turn', 'planted answer')
  await expect.poll(() => readStatus(path.join(dataDir, '..', 'claude'))?.sessions?.pending).toBeGreaterThanOrEqual(4)
  const stored = fs.readdirSync(dataDir).map((name) => fs.readFileSync(path.join(dataDir, name), 'latin1'))
  expect(stored.join('')).toContain(claude.sessionId)
  expect(stored.join('')).not.toContain('planted')
  hub.status = undefined
  await hub.until(isOf(claude, { activity: 'waiting' }))
  await claude.exit()
  await hub.until(isOf(claude, { reason: 'exit' }))
  expect(hub.bodies.join('')).not.toContain('planted')
  expect(child.output()).not.toContain('planted')
})

test('with REDACT_PROJECTS names of folders, branches and sessions are hashes or stay here', async () => {
  const { client, collector, hub } = await machine()
  await collector({ REDACT_PROJECTS: 'true' })
  const claude = client({ cwd: '/home/ada/secret', file: { name: 'secret-67', nameSource: 'derived' } })
  claude.status('busy')
  claude.append({ type: 'user', message: { role: 'user', content: 'go' }, gitBranch: 'secret' })
  claude.answer()
  const { observation } = await hub.until((one) => one.fields?.branch !== undefined)
  expect(observation.project_id).toMatch(/^redacted-[0-9a-f]{16}$/)
  expect(observation.fields?.branch).toMatch(/^redacted-[0-9a-f]{16}$/)
  await hub.until((one) => one.fields?.cost_usd !== undefined)
  expect(hub.bodies.filter((body) => body.includes('"observations"')).join('')).not.toContain('secret')
  // The usage side has the same name.
  const calls = () => hub.bodies.flatMap((body) => (JSON.parse(body) as { calls?: { cwd: string }[] }).calls ?? [])
  await expect.poll(() => calls()[0]?.cwd, { timeout: 10_000 }).toBe(observation.project_id)
})

test('process files that are no files of a client are left alone', async () => {
  const { configDir, client, collector, hub } = await machine()
  const sleeper = spawn('sleep', ['1000'])
  onTestFinished(() => void sleeper.kill('SIGKILL'))
  const folder = path.join(configDir, 'sessions')
  fs.mkdirSync(folder, { recursive: true })
  const dead = { pid: 2 ** 22 - 3, sessionId: crypto.randomUUID(), cwd: '/home/ada', startedAt: 1, procStart: '1', version: '2.1.332' }
  const files = { [`${dead.pid}.json`]: JSON.stringify(dead), '1.json': '{"pid":', 'x.json': '{}', '7.json': 'null', '9.json.tmp': '{}' }
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text)
  fs.mkdirSync(path.join(folder, '8.json'))
  // A file with the pid of a process that is not its client's.
  const reused = { ...dead, pid: sleeper.pid, sessionId: crypto.randomUUID(), status: 'busy' }
  fs.writeFileSync(path.join(folder, `${sleeper.pid}.json`), JSON.stringify(reused))
  await collector()
  const claude = client()
  await hub.until((one) => one.session_id === claude.sessionId)
  fs.rmSync(path.join(folder, `${dead.pid}.json`))
  claude.status('idle')
  await hub.until(isOf(claude, { activity: 'idle' }))
  expect(new Set(hub.received.map(({ observation }) => observation.session_id))).toEqual(new Set([claude.sessionId]))
})
