import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import type { SessionObservation } from '@signalbox/contract/session-observation'
import { type LivingSession, openLedger } from '@signalbox/ledger'
import { expect, onTestFinished, test } from 'vitest'
import { startNode } from '../../../../test/support/child.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { parseProcessFile } from './process-file.ts'
import { SessionTracker } from './session-tracker.ts'

const START = Date.parse('2026-10-06T09:00:00.000Z')
const SESSION = '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21'

interface TrackOptions {
  readonly cwd?: string
  /** What an earlier collector has left. */
  readonly living?: LivingSession[]
  readonly now?: number
  /** Added to the process file. */
  readonly fields?: object
  /** Called before the tracker begins. */
  readonly before?: (folder: string, file: string) => void
}

/** A tracker with one session, on a machine whose clock and whose process the test controls. */
function track({ cwd = '/home/ada/engine', living = [], now = START, fields = {}, before }: TrackOptions = {}) {
  const folder = path.join(tempFolder(), 'sessions')
  fs.mkdirSync(folder)
  const file = path.join(folder, '4711.json')
  before?.(folder, file)
  const machine = { now, lives: true }
  const observations: SessionObservation[] = []
  const tracker = new SessionTracker({
    put: (observation) => observations.push(observation),
    processes: { inspect: () => 'alive', isAlive: () => machine.lives },
    living: { all: () => living, putWith() {}, removeWith() {} },
    usage: () => undefined,
    toSentName: (name) => name,
    redacts: false,
    changed() {},
    now: () => machine.now,
    failed(error) {
      throw error
    },
  })
  const text = JSON.stringify({
    pid: 4711,
    sessionId: SESSION,
    cwd,
    startedAt: START,
    procStart: '1',
    version: '2.1.332',
    kind: 'interactive',
    entrypoint: 'cli',
    status: 'idle',
    statusUpdatedAt: START,
    updatedAt: START,
    ...fields,
  })
  fs.writeFileSync(file, text)
  tracker.processFileChanged(file, parseProcessFile(text, START, now)!)
  const end = (notice = (): unknown => tracker.checkProcesses()) => {
    machine.lives = false
    notice()
    return observations.at(-1)!
  }
  return { machine, tracker, observations, end, folder, file, content: JSON.parse(text) as Record<string, unknown> }
}

test('an end is not older than the last proof of life, though the clock was set back', () => {
  const { machine, observations, end } = track()
  const alive = Math.max(...observations.filter((one) => one.alive === true).map(({ at }) => Date.parse(at)))
  machine.now = START - 3_600_000
  expect(end()).toMatchObject({ alive: false, end: { outcome: 'failed' } })
  expect(Date.parse(observations.at(-1)!.at)).toBeGreaterThan(alive)
})

test('an end that the hub does not believe is dated by the clock of the hub, where ours is behind', () => {
  const { machine, tracker, observations, end } = track()
  machine.now = START + 60_000
  const { at, observation_id } = end()
  expect(Date.parse(at)).toBe(START + 60_000)
  tracker.reportEnds([SESSION], -5_000)
  expect(observations.at(-1)).toMatchObject({ at, end: { outcome: 'failed' } })
  expect(observations.at(-1)!.observation_id).not.toBe(observation_id)
})

test('a hub that still takes an ended session for alive has seen it alive later: the end is then dated now', () => {
  const { machine, tracker, observations, end } = track()
  machine.now = START + 60_000
  end()
  tracker.reportEnds([SESSION], 300_000)
  expect(observations.at(-1)!.at).toBe(new Date(START + 360_000).toISOString())
  machine.now = START + 90_000
  tracker.reportEnds([SESSION], 0)
  expect(observations.at(-1)!).toMatchObject({ at: new Date(START + 90_000).toISOString(), end: { outcome: 'failed' } })
})

test('a client that has gone back to an earlier session while no collector ran has left the last one after its last row', () => {
  const earlier = '2f1c8d0e-90b4-4f0c-8a53-6a0e7d6c9b11'
  const living = { session: earlier, pid: 4711, procStart: '1', file: '', project: '/home/ada/engine' }
  const now = Date.now()
  const { tracker, observations } = track({
    living: [living],
    now: now + 60_000,
    fields: { updatedAt: now + 40_000 },
    before(folder, file) {
      Object.assign(living, { file })
      // The session that runs now was made first, and then left.
      writeTranscript(folder, SESSION, [answer(START, 10)])
      fs.utimesSync(writeTranscript(folder, earlier, [answer(START, 10)]), (now + 30_000) / 1_000, (now + 30_000) / 1_000)
    },
  })
  tracker.checkProcesses()
  const ended = observations.find(({ session_id, end }) => session_id === earlier && end !== undefined)
  expect(ended).toMatchObject({ end: { outcome: 'completed', reason: 'resume' }, at: new Date(now + 40_000).toISOString() })
})

test('a status line whose command took long on a busy machine does not bring an ended session back', () => {
  const { machine, tracker, end } = track()
  machine.now = START + 60_000
  const ended = Date.parse(end().at)
  expect(tracker.placeStatusLine(SESSION, ended + 5_000, undefined)?.isProof).toBe(false)
  expect(tracker.placeStatusLine(SESSION, ended + 60_000, undefined)?.isProof).toBe(true)
})

/** Writes rows into the transcript of a session. */
function writeTranscript(folder: string, session: string, rows: readonly object[], projectFolder = '-home-ada-engine'): string {
  const project = path.join(path.dirname(folder), 'projects', projectFolder)
  fs.mkdirSync(project, { recursive: true })
  const file = path.join(project, `${session}.jsonl`)
  const common = { sessionId: session, cwd: '/home/ada/engine', version: '2.1.332', entrypoint: 'cli' }
  fs.appendFileSync(file, rows.map((row) => `${JSON.stringify({ ...row, ...common })}\n`).join(''))
  return file
}

const answer = (at: number, tokens: number) => ({
  type: 'assistant',
  timestamp: new Date(at).toISOString(),
  message: { model: 'claude-opus-5-5', stop_reason: 'end_turn', content: [], usage: { input_tokens: tokens } },
})

test('an answer says the context again, though it is the same: another source may have said another since', () => {
  const { machine, tracker, observations, folder } = track()
  const contexts = () => observations.flatMap(({ fields }) => fields?.context_tokens ?? [])
  for (const round of [1, 2]) {
    machine.now = START + round * 10_000
    tracker.transcriptsChanged([writeTranscript(folder, SESSION, [answer(machine.now, 3_261)])])
    expect(contexts()).toEqual(Array(round).fill(3_261))
  }
  // Nothing new, nothing said.
  machine.now += 10_000
  tracker.readTranscripts()
  expect(contexts()).toHaveLength(2)
})

test('a session in a folder with a longer path than the name of a file may be is observed, with its transcript', () => {
  const cwd = `/home/ada/${'deep/'.repeat(60)}engine`
  const { machine, tracker, observations } = track({
    cwd,
    // Claude Code cuts the name off and adds a hash.
    before: (sessions) =>
      void writeTranscript(sessions, SESSION, [answer(START, 3_261)], `${cwd.replaceAll('/', '-').slice(0, 200)}-fzdaad`),
  })
  expect(observations.map(({ activity }) => activity)).toContain('idle')
  machine.now = START + 10_000
  tracker.readTranscripts()
  expect(observations.flatMap(({ fields }) => fields?.context_tokens ?? [])).toEqual([3_261])
})

test('what a fork has copied from another session did not happen in it', () => {
  const { machine, tracker, observations, folder } = track()
  const fork = '2f1c8d0e-90b4-4f0c-8a53-6a0e7d6c9b11'
  machine.now = Date.now()
  const [copied, own] = [machine.now - 60_000, machine.now]
  const prompt = (at: number) => ({ type: 'user', timestamp: new Date(at).toISOString(), message: { role: 'user', content: 'x' } })
  const file = writeTranscript(folder, fork, [prompt(copied), answer(copied, 10)])
  tracker.transcriptsChanged([file])
  expect(observations.filter(({ session_id }) => session_id === fork)).toEqual([])
  writeTranscript(folder, fork, [prompt(own)])
  tracker.transcriptsChanged([file])
  const said = observations.filter(({ session_id, alive }) => session_id === fork && alive === true)
  expect(said.map(({ at, activity }) => [Date.parse(at), activity])).toEqual([[own, 'working']])
})

test('a session that is resumed and killed before its next prompt has failed, though its transcript was closed before', () => {
  const { end } = track({
    before: (folder) => void writeTranscript(folder, SESSION, [answer(START - 60_000, 10), { type: 'cost-state', totalCostUSD: 0.01 }]),
  })
  expect(end()).toMatchObject({ end: { outcome: 'failed', reason: 'process ended' } })
})

test('a session whose transcript is closed while it lives has completed', () => {
  const { end, folder, file } = track()
  writeTranscript(folder, SESSION, [answer(START, 10), { type: 'cost-state', totalCostUSD: 0.01 }])
  fs.rmSync(file)
  expect(end()).toMatchObject({ end: { outcome: 'completed', reason: 'exit' } })
})

test('a session that is killed just before another client begins, which removes its file, has failed', () => {
  const { tracker, end, folder, file, content } = track()
  const next = path.join(folder, '4712.json')
  const text = JSON.stringify({ ...content, pid: 4712, sessionId: '2f1c8d0e-90b4-4f0c-8a53-6a0e7d6c9b11' })
  tracker.processFileChanged(next, parseProcessFile(text, START, START)!)
  fs.rmSync(file)
  const { end: ended } = end(() => tracker.processFileGone(file))
  expect(ended).toEqual({ outcome: 'failed', reason: 'process ended', inferred: true })
})

test.each([
  ['is left', true, { outcome: 'failed', reason: 'process ended' }],
  ['was removed with its file', false, { outcome: 'completed', reason: 'exit' }],
])('how a session without a prompt ended shows in its key, which %s', (_, isLeft, expected) => {
  const key = (folder: string) => path.join(folder, '4711.0a1b.key')
  const { tracker, end, folder, file } = track({
    before(at) {
      // Of a process that had the same id long ago.
      fs.writeFileSync(path.join(at, '4711.ffff.key'), '')
      fs.utimesSync(path.join(at, '4711.ffff.key'), 1, 1)
      fs.writeFileSync(key(at), '')
    },
  })
  fs.rmSync(file)
  if (!isLeft) fs.rmSync(key(folder))
  expect(end(() => tracker.processFileGone(file)).end).toEqual(expected)
})

test('a name that is changed while the activity goes on is dated by its change', () => {
  const { machine, tracker, observations, file, content } = track()
  machine.now = START + 60_000
  tracker.processFileChanged(file, parseProcessFile(JSON.stringify({ ...content, name: 'shelf' }), START, START)!)
  const renamed = observations.filter(({ fields }) => fields?.name !== undefined)
  expect(renamed.map(({ at, fields }) => [Date.parse(at), fields?.name])).toEqual([[START + 60_000, 'shelf']])
})

test('a transcript names a session only where its process file does not', () => {
  const { machine, tracker, observations, folder, file, content } = track()
  const names = () => observations.flatMap(({ fields }) => fields?.name ?? [])
  const title = (customTitle: string) =>
    void tracker.transcriptsChanged([writeTranscript(folder, SESSION, [{ type: 'custom-title', customTitle }])])
  title('first')
  expect(names()).toEqual(['first'])
  machine.now = START + 60_000
  // Resumed under another name, which the file says and the transcript does not.
  tracker.processFileChanged(file, parseProcessFile(JSON.stringify({ ...content, name: 'second' }), START, START)!)
  machine.now = START + 120_000
  title('first again')
  tracker.report([SESSION])
  expect(new Set(names().slice(1))).toEqual(new Set(['second']))
  // A name of unknown origin is not sent, and the one before is none any more.
  const unknown = { ...content, name: 'third', nameSource: 'collision' }
  tracker.processFileChanged(file, parseProcessFile(JSON.stringify(unknown), START, START)!)
  expect(observations.at(-1)!.fields).toMatchObject({ name: null })
  title('third')
  tracker.report([SESSION])
  expect(names().at(-1)).toBe('third')
})

test('after a restart of the collector the subagents that run now are said, and only those', () => {
  const living = { session: SESSION, pid: 4711, procStart: '1', file: '', project: '/home/ada/engine' }
  const agentRow = (at: number, more: object = {}) => ({ type: 'user', timestamp: new Date(at).toISOString(), ...more })
  const { observations } = track({
    before(folder, file) {
      Object.assign(living, { file })
      const transcript = writeTranscript(folder, SESSION, [answer(START, 10)])
      const agents = path.join(transcript.replace('.jsonl', ''), 'subagents')
      fs.mkdirSync(agents, { recursive: true })
      const write = (id: string, rows: readonly object[]) =>
        fs.writeFileSync(path.join(agents, `agent-${id}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
      write('running', [agentRow(START + 1_000)])
      write('ended', [agentRow(START + 1_000), agentRow(START + 2_000, { message: { stop_reason: 'end_turn' } })])
      // It was running when an earlier process of the session was killed.
      write('killed', [agentRow(START - 60_000)])
    },
    living: [living],
    now: START + 30_000,
  })
  const lists = observations.flatMap(({ subagents_running }) => (subagents_running === undefined ? [] : [subagents_running]))
  expect(lists).toEqual([['running']])
  expect(observations.flatMap(({ event }) => event?.kind ?? [])).not.toContain('subagent-ended')
})

test('a client that has no status yet may replace its first session id for long, and that session never is', () => {
  const { machine, tracker, observations, folder, content } = track()
  const [first, second] = ['11111111-90b4-4f0c-8a53-6a0e7d6c9b11', '22222222-90b4-4f0c-8a53-6a0e7d6c9b11']
  const file = path.join(folder, '4712.json')
  const young = { ...content, pid: 4712, procStart: '2', sessionId: first, status: undefined, statusUpdatedAt: undefined }
  const read = (more: object) => tracker.processFileChanged(file, parseProcessFile(JSON.stringify({ ...young, ...more }), START, START)!)
  read({})
  machine.now += 8_000
  tracker.checkProcesses()
  expect(tracker.living()).toEqual([SESSION])
  read({ sessionId: second, status: 'idle', statusUpdatedAt: machine.now })
  expect(tracker.living()).toEqual([SESSION, second])
  expect(observations.filter(({ session_id }) => session_id === first)).toEqual([])
})

test('a client that is killed before its first status begins no session, but ends one that its hook has begun', () => {
  const { machine, tracker, observations, folder, content } = track()
  const id = '33333333-90b4-4f0c-8a53-6a0e7d6c9b11'
  const file = path.join(folder, '4713.json')
  const young = { ...content, pid: 4713, procStart: '3', sessionId: id, status: undefined, statusUpdatedAt: undefined }
  fs.writeFileSync(file, JSON.stringify(young))
  tracker.processFileChanged(file, parseProcessFile(JSON.stringify(young), START, START)!)
  machine.now += 1_000
  machine.lives = false
  tracker.checkProcesses()
  const said = observations.filter(({ session_id }) => session_id === id)
  expect(said.map(({ alive, end }) => [alive, end?.outcome])).toEqual([[false, 'failed']])
})

/** A running process with a process file, and collectors that observe it one after another. */
async function runProcess() {
  const dataDir = path.join(tempFolder(), 'data')
  const folder = path.join(tempFolder(), 'sessions')
  fs.mkdirSync(folder)
  const client = spawn('sleep', ['100'])
  onTestFinished(() => void client.kill('SIGKILL'))
  await once(client, 'spawn')
  const file = path.join(folder, `${client.pid}.json`)
  const at = Date.now()
  const content = { pid: client.pid, sessionId: SESSION, cwd: '/home/ada/engine', startedAt: at, version: '2.1.332', kind: 'interactive' }
  fs.writeFileSync(file, JSON.stringify({ ...content, entrypoint: 'cli', status: 'idle', statusUpdatedAt: at, updatedAt: at }))
  const program = path.join(import.meta.dirname, 'session-tracker-child.fixture.ts')
  return {
    /** Kills the client and collects its end. */
    async kill() {
      const ended = once(client, 'exit')
      client.kill('SIGKILL')
      await ended
    },
    collect(until: string) {
      const child = startNode([program, dataDir, file, until])
      onTestFinished(() => void child.stop('SIGKILL'))
      return child
    },
    /** What is on disk: the events of sessions, and the sessions that a next collector believes to be alive. */
    stored() {
      const ledger = openLedger({ dataDir })
      const items = ledger.observations.next(1_000)?.items ?? []
      const living = ledger.livingSessions.all().map(({ session }) => session)
      ledger.close()
      return { events: items.flatMap(({ observation }) => observation.event?.kind ?? []), living }
    },
  }
}

test('a collector that is killed when it has seen an end does not lose it: the next one reports it', async () => {
  const { collect, kill, stored } = await runProcess()
  const first = collect('killed at end')
  await first.line(/^started$/)
  expect(stored()).toEqual({ events: ['started'], living: [SESSION] })
  await kill()
  expect(await first.finished).toMatchObject({ signal: 'SIGKILL' })
  expect(stored()).toEqual({ events: ['started'], living: [SESSION] })
  expect(await collect('ended').finished).toMatchObject({ code: 0 })
  expect(stored()).toEqual({ events: ['started', 'ended'], living: [] })
})

test('a collector that is killed when it has seen a start does not lose it: the next one reports it', async () => {
  const { collect, stored } = await runProcess()
  expect(await collect('killed at start').finished).toMatchObject({ signal: 'SIGKILL' })
  expect(stored()).toEqual({ events: [], living: [] })
  expect(await collect('started').finished).toMatchObject({ code: 0 })
  expect(stored()).toEqual({ events: ['started'], living: [SESSION] })
})
