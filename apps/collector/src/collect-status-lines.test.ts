import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { machine } from './collect-sessions.fixture.ts'

interface LineOptions {
  /** Milliseconds since it was written. */
  readonly ago?: number
  readonly cost?: number
  readonly tokens?: number
  readonly cwd?: string
}

/** A machine whose status lines are spooled as our script does it. */
async function spoolingMachine() {
  const started = await machine()
  const spool = path.join(started.dataDir, 'statusline', 'spool')
  fs.mkdirSync(spool, { recursive: true })
  let written = 0
  const toText = (session: string, { cost = 1, tokens = 1_000, cwd = '/home/ada/engine' }: LineOptions) =>
    JSON.stringify({
      session_id: session,
      transcript_path: '/planted/transcript.jsonl',
      cwd,
      session_name: 'planted name',
      model: { id: 'claude-opus-5-5', display_name: 'Opus 5.5' },
      version: '2.1.332',
      effort: { level: 'high' },
      cost: { total_cost_usd: cost, total_lines_added: 1 },
      context_window: { context_window_size: 1_000_000, current_usage: { input_tokens: tokens } },
      prompt_cache: { warm: true, expires_at: 1_795_963_134 },
    })
  return {
    ...started,
    spool,
    toText,
    show(session: string, options: LineOptions = {}) {
      const file = path.join(spool, `1-${written++}.json`)
      const at = (Date.now() - (options.ago ?? 0)) / 1_000
      fs.writeFileSync(`${file}.draft`, toText(session, options))
      fs.utimesSync(`${file}.draft`, at, at)
      fs.renameSync(`${file}.draft`, file)
    },
    untilEmpty: () => expect.poll(() => fs.readdirSync(spool), { timeout: 20_000 }).toEqual([]),
    linesOf: (session: string) => started.hub.of(session).filter(({ source }) => source === 'statusline'),
  }
}

const fields = {
  model: 'claude-opus-5-5',
  version: '2.1.332',
  effort: 'high',
  context_tokens: 1_000,
  context_limit: 1_000_000,
  cost_usd: 1,
  cache_expires_at: '2026-11-29T14:38:54.000Z',
}

test('a status line is an observation of its session; what has not changed is not observed again', async () => {
  const { client, collector, hub, show, linesOf, untilEmpty } = await spoolingMachine()
  const claude = client()
  await collector({ LIMIT_SOURCES: 'statusline' })
  await hub.untilHeartbeat(({ sessions }) => sessions.length === 1)
  const since = Date.now()
  show(claude.sessionId)
  const { observation } = await hub.until(({ source }) => source === 'statusline')
  const { observation_id, at, ...rest } = observation
  expect(rest).toEqual({ session_id: claude.sessionId, source: 'statusline', project_id: '/home/ada/engine', fields })
  expect(observation_id).toContain(`statusline:${claude.sessionId}:${Date.parse(at)}:`)
  expect(Date.parse(at)).toBeGreaterThanOrEqual(since - 1)
  await untilEmpty()
  show(claude.sessionId)
  await untilEmpty()
  show(claude.sessionId, { cost: 2 })
  await hub.until((one) => one.fields?.cost_usd === 2 && one.source === 'statusline')
  expect(linesOf(claude.sessionId).map(({ fields }) => fields?.cost_usd)).toEqual([1, 2])
  expect(hub.bodies.join('')).not.toContain('planted')
})

test('however often the status line is shown, a session is observed every two seconds, and its last line is', async () => {
  const { client, collector, show, linesOf, untilEmpty, hub } = await spoolingMachine()
  const [busy, quiet] = [client(), client()]
  await collector()
  await hub.untilHeartbeat(({ sessions }) => sessions.length === 2)
  const started = Date.now()
  let cost = 0
  while (Date.now() - started < 5_000) {
    show(busy.sessionId, { cost: ++cost })
    if (cost === 20) show(quiet.sessionId)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await untilEmpty()
  await hub.until((one) => one.source === 'statusline' && one.fields?.cost_usd === cost)
  const costs = linesOf(busy.sessionId).map(({ fields }) => fields?.cost_usd ?? 0)
  expect(costs).toEqual(costs.toSorted((a, b) => a - b))
  // In the time that has passed until the last one was sent.
  expect(costs.length).toBeLessThanOrEqual(1 + Math.ceil((Date.now() - started) / 2_000))
  expect(linesOf(quiet.sessionId)).toHaveLength(1)
})

test('half a line is read when it is whole; one that stays half is removed, and neither stops the others', async () => {
  const { client, collector, hub, show, spool, toText, untilEmpty } = await spoolingMachine()
  const [half, whole] = [client(), client()]
  await collector({ LIMIT_SOURCES: 'statusline' })
  await hub.untilHeartbeat(({ sessions }) => sessions.length === 2)
  const text = toText(half.sessionId, { cost: 3 })
  fs.writeFileSync(path.join(spool, '2-1.json'), text.slice(0, 100))
  fs.writeFileSync(path.join(spool, '2-2.json'), text.slice(0, 200))
  show(whole.sessionId)
  await hub.until((one) => one.session_id === whole.sessionId && one.source === 'statusline')
  expect(fs.readdirSync(spool)).toContain('2-1.json')
  fs.writeFileSync(path.join(spool, '2-1.json'), text)
  await hub.until((one) => one.session_id === half.sessionId && one.fields?.cost_usd === 3)
  await untilEmpty()
})

test('a line outlives a killed collector: it is dated by its time, and has the same id when it is read twice', async () => {
  const { client, collector, hub, show, linesOf, untilEmpty, spool } = await spoolingMachine()
  const claude = client()
  const first = await collector()
  await hub.untilHeartbeat(({ sessions }) => sessions.length === 1)
  await first.stop('SIGKILL')
  const now = Date.now()
  show(claude.sessionId, { ago: 3_600_000, cost: 1 })
  show(claude.sessionId, { ago: 60_000, cost: 3 })
  show(claude.sessionId, { ago: 120_000, cost: 2 })
  const kept = fs
    .readdirSync(spool)
    .map((name) => [name, fs.readFileSync(path.join(spool, name)), fs.statSync(path.join(spool, name))] as const)
  const second = await collector()
  const { observation } = await hub.until(({ source }) => source === 'statusline')
  expect(observation.fields?.cost_usd).toBe(3)
  expect(Math.abs(Date.parse(observation.at) - (now - 60_000))).toBeLessThan(2_000)
  await untilEmpty()
  await second.stop('SIGKILL')
  // As if it had been killed before it could remove them.
  for (const [name, content, { mtime }] of kept) {
    fs.writeFileSync(path.join(spool, name), content)
    fs.utimesSync(path.join(spool, name), mtime, mtime)
  }
  await collector()
  await untilEmpty()
  // Everything is sent in order; what the hub had when its collector was killed may be sent again as well.
  show(claude.sessionId, { cost: 9 })
  await hub.until((one) => one.source === 'statusline' && one.fields?.cost_usd === 9)
  const before = linesOf(claude.sessionId).filter(({ fields }) => fields?.cost_usd !== 9)
  expect(before.length).toBeGreaterThanOrEqual(2)
  expect(new Set(before.map((one) => JSON.stringify(one)))).toEqual(new Set([JSON.stringify(observation)]))
})

test('a line that the client writes while it ends does not bring the session back, and none makes up a session of before', async () => {
  const { client, collector, hub, show, linesOf, untilEmpty } = await spoolingMachine()
  const ancient = crypto.randomUUID()
  show(ancient, { ago: 60_000 })
  const claude = client()
  await collector()
  await hub.untilHeartbeat(({ sessions }) => sessions.length === 1)
  show(claude.sessionId, { cost: 1 })
  await hub.until((one) => one.source === 'statusline' && one.fields?.cost_usd === 1)
  await claude.exit()
  show(claude.sessionId, { cost: 2 })
  await hub.until((one) => one.source === 'statusline' && one.fields?.cost_usd === 2)
  await untilEmpty()
  expect(linesOf(claude.sessionId).filter(({ alive }) => alive !== undefined)).toEqual([])
  expect(hub.of(ancient)).toEqual([])
  // Where no process file names it, its line shows that it lives, and where.
  const elsewhere = crypto.randomUUID()
  show(elsewhere, { cwd: '/home/ada/other' })
  const { observation } = await hub.until((one) => one.session_id === elsewhere)
  expect(observation).toMatchObject({ alive: true, project_id: '/home/ada/other', fields })
})

test('with REDACT_PROJECTS the folder of a line is a hash; a hub that has lost everything gets the numbers once more', async () => {
  const { client, collector, hub, show } = await spoolingMachine()
  const claude = client()
  const child = await collector({ REDACT_PROJECTS: 'true' })
  await hub.untilHeartbeat(({ sessions }) => sessions.length === 1)
  const elsewhere = crypto.randomUUID()
  show(elsewhere, { cwd: '/home/ada/secret' })
  show(claude.sessionId, { cost: 4, ago: 1_500 })
  const { observation } = await hub.until((one) => one.session_id === elsewhere)
  expect(observation.project_id).toMatch(/^redacted-[0-9a-f]{16}$/)
  await hub.until((one) => one.source === 'statusline' && one.fields?.cost_usd === 4)
  expect(hub.bodies.join('')).not.toContain('secret')
  hub.received.length = 0
  hub.storeId = 'second'
  hub.status = 503
  claude.status('idle')
  await child.line(/does not accept observations now/)
  hub.status = undefined
  const { observation: again } = await hub.until((one) => one.source === 'statusline' && one.session_id === claude.sessionId)
  expect(again.fields).toEqual({ ...fields, cost_usd: 4 })
})
