import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Session } from '@signalbox/contract/session'
import type { TimelineRow } from '@signalbox/contract/session-timeline'
import { describe, expect, it } from 'vitest'
import { openHub, type TestHub } from '../../test/open-hub.ts'
import { type Attributes, fromProtobuf, someLogs, someMetrics, someRecord, toProtobuf } from '../../test/telemetry.ts'

const laptop = { 'x-signalbox-machine': 'laptop' }

async function open() {
  const hub = await openHub()
  const id = randomUUID()
  const time = (seconds: number) => hub.clock.now() + seconds * 1000
  const record = (name: string, seconds: number, attributes: Attributes = {}) => someRecord(id, time(seconds), name, attributes)
  const send = async (payload: object, headers: Record<string, string> = laptop, url = '/v1/logs') => {
    const answer = await hub.ask('POST', url, { payload, headers })
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json() as object
  }
  return {
    hub,
    id,
    at: (seconds: number) => new Date(time(seconds)).toISOString(),
    time,
    record,
    send,
    sendMetrics: (payload: object, headers = laptop) => send(payload, headers, '/v1/metrics'),
    session: async () => (await hub.ask('GET', `/sessions/${id}`)).json() as Session,
    happened: async () => {
      const rows = (await hub.ask('GET', `/sessions/${id}/timeline`)).json() as TimelineRow[]
      return rows.filter(({ source }) => source === 'telemetry').map(({ source: _, ...row }) => row)
    },
    observe: (source: string, more: object, seconds: number) =>
      hub.ask('POST', '/sessions/observations', {
        payload: {
          machine_id: 'laptop',
          observations: [{ observation_id: randomUUID(), session_id: id, source, at: new Date(time(seconds)).toISOString(), ...more }],
        },
      }),
  }
}

const main = { model: 'claude-opus-5-5', query_source: 'repl_main_thread', effort: 'medium' }
/** A turn with a tool, and what telemetry says besides. */
const turn = ({ record }: Awaited<ReturnType<typeof open>>) => [
  record('hook_execution_start', -21, { hook_event: 'SessionStart', hook_name: 'SessionStart:startup' }),
  record('user_prompt', -20, { 'prompt.id': 'p1', prompt_length: '12', prompt: '<REDACTED>' }),
  record('tool_decision', -19, { tool_name: 'Bash', tool_use_id: 't1', decision: 'accept', source: 'config' }),
  record('api_request', -18, { ...main, request_id: 'r1', cost_usd: 0.0027, input_tokens: 11, output_tokens: 40, duration_ms: 194 }),
  record('api_request', -17, { ...main, model: 'claude-haiku-4-5', query_source: 'generate_session_title', request_id: 'r2' }),
  record('tool_result', -16, { tool_name: 'Bash', tool_use_id: 't1', success: 'true', duration_ms: '431', tool_result_size_bytes: '1' }),
  record('tool_result', -15, { tool_name: 'mcp_tool', tool_use_id: 't2', success: 'false', duration_ms: '12', error_type: 'ShellError' }),
  record('subagent_completed', -14, { agent_type: 'general-purpose', duration_ms: 881, total_tokens: 3301 }),
  record('compaction', -13, { trigger: 'manual', success: 'true', duration_ms: '90' }),
  record('compaction', -12, { trigger: 'manual', success: 'false', duration_ms: '1', error: 'Not enough messages to compact.' }),
]

describe('POST /v1/logs', () => {
  it('puts a session on the board, with its model, its version, and the names and durations of its tools', async () => {
    const here = await open()
    expect(await here.send(someLogs(turn(here)))).toEqual({})
    expect(await here.session()).toMatchObject({
      machine_id: 'laptop',
      project_id: 'unknown',
      status: 'active',
      started_at: here.at(-20),
      last_heartbeat: here.at(-12),
      claude_code: { model: 'claude-opus-5-5', effort: 'medium', version: '2.1.332', sources: ['telemetry'] },
    })
    expect((await here.session()).claude_code).not.toHaveProperty('cost_usd')
    expect(await here.happened()).toEqual([
      { at: here.at(-20), type: 'observed.prompt' },
      { at: here.at(-16), type: 'observed.tool', name: 'Bash', duration_ms: 431 },
      { at: here.at(-15), type: 'observed.tool', name: 'mcp_tool', duration_ms: 12, failed: true },
      { at: here.at(-14), type: 'observed.subagent-ended', name: 'general-purpose', duration_ms: 881 },
      { at: here.at(-13), type: 'observed.compacted', reason: 'manual', duration_ms: 90 },
    ])
  })

  it('changes nothing when an exporter repeats a batch, whole, in parts, or in another order', async () => {
    const here = await open()
    const records = turn(here)
    await here.send(someLogs(records))
    const state = async () => [
      await here.session(),
      await here.happened(),
      (await here.hub.ask('GET', '/events?format=json&after=0')).json(),
    ]
    const before = await state()
    await here.send(someLogs([...records, ...records]))
    await here.send(someLogs(records.toReversed()))
    for (const one of records) await here.send(someLogs([one]))
    expect(await state()).toEqual(before)
  })

  it('keeps no prompt, input, output, answer or error of a session, wherever a client sends them', async () => {
    const here = await open()
    const words: string[] = []
    const plant = (word: string) => {
      words.push(word)
      return `the ${word}`
    }
    const records = [
      record('user_prompt', 'prompt', 'prompt_text'),
      record('tool_decision', 'tool_parameters'),
      record('tool_result', 'tool_parameters', 'tool_input', 'error', 'tool_output'),
      record('api_error', 'error', 'error_message'),
      record('api_request_body', 'body'),
      record('api_response_body', 'body'),
      record('assistant_response', 'response'),
      record('compaction', 'error'),
      { ...record('a_record_of_tomorrow', 'anything'), body: { stringValue: plant('bodysecret') } },
    ]
    function record(name: string, ...attributes: string[]) {
      const planted = Object.fromEntries(attributes.map((one) => [one, plant(`${name}${one}`.replaceAll('_', 'x'))]))
      return here.record(name, -10, { ...main, tool_name: 'Bash', tool_use_id: 't', request_id: 'r', status_code: 529, ...planted })
    }
    const body = someLogs(records)
    expect(words.filter((word) => !JSON.stringify(body).includes(word))).toEqual([])
    await here.send(body)
    const broken = await here.hub.ask('POST', '/v1/logs', {
      payload: `{"resourceLogs": "${plant('brokensecret')}"`,
      headers: { 'content-type': 'application/json' },
    })
    const wrong = await here.hub.ask('POST', '/v1/logs', { payload: { resourceLogs: plant('wrongsecret') } })
    expect([broken.statusCode, wrong.statusCode]).toEqual([400, 400])
    expect(await here.happened()).toHaveLength(3)
    const files = fs.readdirSync(here.hub.folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(here.hub.folder, name))
    const everywhere = [
      broken.body,
      wrong.body,
      JSON.stringify(here.hub.log),
      ...files.filter((file) => fs.statSync(file).isFile()).map((file) => fs.readFileSync(file, 'latin1')),
    ].join('\n')
    expect(everywhere).toContain(here.id)
    expect(words.filter((word) => everywhere.includes(word))).toEqual([])
  })

  it.each([
    [529, 'overloaded'],
    [429, 'rate_limit'],
    [401, 'authentication_failed'],
    [400, 'invalid_request'],
    [500, 'server_error'],
    [undefined, 'unknown'],
  ])('a request of the main conversation that failed with %s is a failed turn: %s, until the next one', async (status_code, reason) => {
    const here = await open()
    const failed = { ...main, request_id: 'r1', status_code, error: 'said by the server', attempt: 11 }
    await here.send(someLogs([here.record('api_error', -20, failed)]))
    expect((await here.session()).claude_code?.turn_error).toBe(reason)
    expect(await here.happened()).toEqual([{ at: here.at(-20), type: 'observed.turn-failed', reason }])
    await here.send(someLogs([here.record('user_prompt', -15, { 'prompt.id': 'p1', command_name: 'model', command_source: 'builtin' })]))
    expect((await here.session()).claude_code?.turn_error).toBe(reason)
    await here.send(someLogs([here.record('user_prompt', -10, { 'prompt.id': 'p2' })]))
    expect((await here.session()).claude_code?.turn_error).toBeUndefined()
    expect((await here.happened()).map(({ type }) => type)).toEqual(['observed.turn-failed', 'observed.prompt'])
  })

  it('the failure of a request in the background is none of the turn', async () => {
    const here = await open()
    const background = { ...main, query_source: 'generate_session_title', status_code: 529, request_id: 'r1' }
    await here.send(someLogs([here.record('api_error', -20, background)]))
    expect([(await here.session()).claude_code?.turn_error, await here.happened()]).toEqual([undefined, []])
  })

  it('records that follow the end of a -p run do not resume it; those of a later process do', async () => {
    const here = await open()
    await here.observe('transcript', { alive: true }, -100)
    await here.observe('transcript', { end: { outcome: 'completed', reason: 'exit' } }, -90)
    await here.send(someLogs([here.record('api_request', -89, { ...main, request_id: 'r1' })]))
    expect(await here.session()).toMatchObject({ status: 'completed', completed_at: here.at(-90) })
    await here.send(someLogs([here.record('user_prompt', -60, { 'prompt.id': 'p1' })]))
    expect((await here.session()).status).toBe('active')
  })

  it('is on its own not seen after three minutes, and seen again with the next record', async () => {
    const here = await open()
    await here.send(someLogs([here.record('user_prompt', 0, { 'prompt.id': 'p1' })]))
    for (let second = 0; second < 185; second++) {
      here.hub.clock.pass(1000)
      await here.hub.monitor.check()
    }
    expect(await here.session()).toMatchObject({ status: 'active', not_seen_since: here.at(-185) })
    await here.send(someLogs([here.record('tool_result', 0, { tool_name: 'Bash', tool_use_id: 't1' })]))
    expect((await here.session()).not_seen_since).toBeUndefined()
  })

  it('refuses what it cannot read with its number and reason, and keeps the rest', async () => {
    const here = await open()
    const good = here.record('user_prompt', -10, { 'prompt.id': 'p1' })
    const bad = [
      null,
      'a record',
      { attributes: 'none' },
      { ...good, timeUnixNano: 'yesterday' },
      { ...good, timeUnixNano: '0', observedTimeUnixNano: undefined },
      someRecord('not-a-uuid', here.time(0), 'user_prompt', {}),
    ]
    const ignored = [
      { timeUnixNano: '1', attributes: [] },
      here.record('__proto__', -5),
      someRecord('', here.time(0), 'user_prompt', {}),
      { ...good, attributes: null },
      { ...good, attributes: [{ key: 'event.name', value: { arrayValue: { values: [] } } }, { key: 'session.id' }] },
    ]
    expect(await here.send(someLogs([...(bad as object[]), ...ignored, good]))).toEqual({
      partialSuccess: { rejectedLogRecords: bad.length, errorMessage: 'a record is not as OTLP describes it' },
    })
    expect(await here.happened()).toEqual([{ at: here.at(-10), type: 'observed.prompt' }])
    const { resourceLogs } = someLogs([here.record('user_prompt', -5, { 'prompt.id': 'p2' })])
    const foreign = JSON.parse(JSON.stringify({ resourceLogs }).replace('com.anthropic.claude_code.events', 'com.example.shop')) as object
    for (const body of [{}, { resourceLogs: null }, { resourceLogs: [{}, { scopeLogs: [{}] }] }, foreign]) {
      expect(await here.send(body)).toEqual({})
    }
    expect(await here.happened()).toHaveLength(1)
  })

  it('takes thousands of records at once, as a collector of OpenTelemetry forwards them', async () => {
    const here = await open()
    const records = Array.from({ length: 1200 }, (_, n) =>
      someRecord(randomUUID(), here.time(-n / 100), 'user_prompt', { 'prompt.id': `${n}` }),
    )
    expect(await here.send(someLogs(records))).toEqual({})
    expect((await here.hub.ask('GET', '/sessions?limit=1')).headers['x-total-count']).toBe('1200')
  })
})

describe('the machine of telemetry', () => {
  const prompt = (here: Awaited<ReturnType<typeof open>>, seconds: number) =>
    here.record('user_prompt', seconds, { 'prompt.id': `${seconds}` })

  it('is that of the header, percent-encoded where needed', async () => {
    const here = await open()
    await here.send(someLogs([prompt(here, -20)], 'laptop.local'), { 'x-signalbox-machine': encodeURIComponent("Zoë's box, 2") })
    expect((await here.session()).machine_id).toBe("Zoë's box, 2")
    const refused = await here.hub.ask('POST', '/v1/logs', { payload: {}, headers: { 'x-signalbox-machine': '%00' } })
    expect([refused.statusCode, refused.json().message]).toEqual([400, 'The header X-Signalbox-Machine is not the id of a machine'])
  })

  it('is the name of the host for a new session, and never moves one that is known', async () => {
    const here = await open()
    await here.send(someLogs([prompt(here, -20)], 'laptop.local'), {})
    expect((await here.session()).machine_id).toBe('laptop.local')
    await here.observe('process-file', { alive: true }, -15)
    expect((await here.session()).machine_id).toBe('laptop')
    await here.send(someLogs([prompt(here, -10)], 'laptop.local'), {})
    await here.send(someLogs([prompt(here, -5)]), {})
    expect([(await here.session()).machine_id, (await here.happened()).length]).toEqual(['laptop', 3])
  })

  it('is needed: records of an unknown session without one are refused, with what to set', async () => {
    const here = await open()
    expect(await here.send(someLogs([prompt(here, -20)]), {})).toMatchObject({
      partialSuccess: { rejectedLogRecords: 1, errorMessage: expect.stringContaining('OTEL_RESOURCE_ATTRIBUTES=host.name=NAME') },
    })
    expect((await here.hub.ask('GET', `/sessions/${here.id}`)).statusCode).toBe(404)
  })
})

describe('POST /v1/metrics', () => {
  it('shows that a session lived when it counted, not when the count was exported', async () => {
    const here = await open()
    const attributes = { 'session.id': here.id, model: 'claude-opus-4-8[1m]', query_source: 'main', effort: 'medium' }
    expect(await here.sendMetrics(someMetrics('claude_code.cost.usage', here.time(-60), here.time(-1), 0.0027, attributes))).toEqual({})
    expect(await here.session()).toMatchObject({
      machine_id: 'laptop',
      last_heartbeat: here.at(-60),
      claude_code: { model: 'claude-opus-4-8', version: '2.1.332', sources: ['telemetry'] },
    })
    // Of a session that ended with /clear, in a process that goes on.
    await here.observe('process-file', { end: { outcome: 'completed', reason: 'clear' } }, -50)
    await here.sendMetrics(someMetrics('claude_code.active_time.total', here.time(-52), here.time(-1), 3, attributes))
    expect((await here.session()).status).toBe('completed')
  })

  it('takes no model from subagents and background requests, and no cost at all', async () => {
    const here = await open()
    const cost = (query_source: string, start: number) =>
      someMetrics('claude_code.cost.usage', here.time(start), here.time(-1), 0.5, {
        'session.id': here.id,
        model: query_source,
        query_source,
      })
    for (const source of ['main', 'subagent', 'auxiliary']) await here.sendMetrics(cost(source, source === 'main' ? -60 : -10))
    const { claude_code } = await here.session()
    expect(claude_code?.model).toBe('main')
    expect(claude_code).not.toHaveProperty('cost_usd')
  })

  it('refuses a point that it cannot read, and ignores one without a session', async () => {
    const here = await open()
    const body = someMetrics('claude_code.session.count', here.time(0), here.time(0), 1, {})
    expect(await here.sendMetrics(body)).toEqual({})
    const { dataPoints } = body.resourceMetrics![0]!.scopeMetrics![0]!.metrics![0]!.sum!
    dataPoints!.push({ timeUnixNano: [] }, 7)
    expect(await here.sendMetrics(body)).toEqual({
      partialSuccess: { rejectedDataPoints: 2, errorMessage: 'a record is not as OTLP describes it' },
    })
  })
})

describe.each(['/v1/logs', '/v1/metrics'] as const)('%s', (url) => {
  const ask = (hub: TestHub, payload: string | Buffer, headers: Record<string, string>) => hub.ask('POST', url, { payload, headers })
  const protobuf = { 'content-type': 'application/x-protobuf' }
  const someExport = (id: string, at: number) =>
    url === '/v1/logs'
      ? someLogs([someRecord(id, at, 'user_prompt', { 'prompt.id': 'p' }), someRecord(id, 0, 'user_prompt', {})])
      : someMetrics('claude_code.session.count', at, at, 1, { 'session.id': id, model: 'claude-opus-5-5', query_source: 'main' })

  it('keeps the same of an export in protobuf as of one in JSON, gzipped or not, and answers in kind', async () => {
    const states = []
    for (const encode of ['json', 'protobuf', 'gzip'] as const) {
      const { hub, id, time, send, session, happened } = await open()
      const body = someExport(id, time(-10))
      if (encode === 'json') states.push([await send(body, laptop, url)])
      else {
        const bytes = toProtobuf(url, body)
        const gzip = encode === 'gzip' ? { 'content-encoding': 'gzip' } : {}
        const answer = await ask(hub, encode === 'gzip' ? gzipSync(bytes) : bytes, { ...laptop, ...protobuf, ...gzip })
        expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/x-protobuf'])
        states.push([fromProtobuf(url, 200, answer.rawPayload)])
      }
      const { session_id: _, revision: __, ...rest } = await session()
      states.at(-1)!.push(JSON.stringify({ ...rest, started_at: '', id: '' }), await happened())
    }
    expect(states[0]![1]).toContain('laptop')
    expect(states[1]).toEqual(states[0])
    expect(states[2]).toEqual(states[0])
  })

  it('answers an empty export in protobuf with an empty result, and a refused one with its message', async () => {
    const hub = await openHub()
    const empty = await ask(hub, Buffer.alloc(0), protobuf)
    expect([empty.statusCode, empty.headers['content-type'], empty.rawPayload.length]).toEqual([200, 'application/x-protobuf', 0])
    const ofJson = await ask(hub, Buffer.from('{"resourceLogs":[]}'), protobuf)
    const cut = await ask(hub, Buffer.from([10, 2, 8]), protobuf)
    const notGzip = await ask(hub, Buffer.from([10, 0]), { ...protobuf, 'content-encoding': 'gzip' })
    const nothing = await hub.inject({ method: 'POST', url, payload: Buffer.alloc(0), headers: protobuf })
    const isLarge = await ask(hub, gzipSync(Buffer.alloc(9 * 1024 * 1024)), { ...protobuf, 'content-encoding': 'gzip' })
    const manyParts = await ask(hub, Buffer.alloc(2_000_000, Buffer.from([10, 0])), protobuf)
    const answers = [ofJson, cut, notGzip, isLarge, manyParts, nothing]
    expect(
      answers.map(({ statusCode, headers, rawPayload }) => [
        statusCode,
        headers['content-type'],
        fromProtobuf(url, statusCode, rawPayload),
      ]),
    ).toEqual([
      [400, 'application/x-protobuf', { message: 'The body is not protobuf, or not of this route' }],
      [400, 'application/x-protobuf', { message: 'The body is not protobuf, or not of this route' }],
      [400, 'application/x-protobuf', { message: 'The body is not gzip, though Content-Encoding says so' }],
      [413, 'application/x-protobuf', { message: 'The body is larger than 8 MiB' }],
      [400, 'application/x-protobuf', { message: 'The body has more than 500000 messages' }],
      [401, 'application/x-protobuf', { message: expect.any(String) }],
    ])
  })

  it('refuses other encodings with the variable to set', async () => {
    const answer = await ask(await openHub(), 'x', { 'content-type': 'text/plain' })
    expect([answer.statusCode, answer.json().error, answer.json().suggestion]).toEqual([
      415,
      'unsupported_media_type',
      expect.stringContaining('OTEL_EXPORTER_OTLP_PROTOCOL'),
    ])
  })

  it('takes gzip, up to the limit of all ingest after decompression', async () => {
    const hub = await openHub()
    const send = (text: string) =>
      ask(hub, gzipSync(text), { 'content-type': 'application/json; charset=utf-8', 'content-encoding': 'gzip' })
    expect((await send('{}')).statusCode).toBe(200)
    expect((await send(JSON.stringify({ filler: 'x'.repeat(8 * 1024 * 1024) }))).statusCode).toBe(413)
  })

  it('needs a key with the scope ingest', async () => {
    const hub = await openHub()
    const { key } = (await hub.ask('POST', '/api/keys', { payload: { name: 'reader', scopes: ['read'] } })).json() as { key: string }
    expect((await hub.inject({ method: 'POST', url, payload: {} })).statusCode).toBe(401)
    expect((await hub.inject({ method: 'POST', url, payload: {}, headers: { authorization: `Bearer ${key}` } })).statusCode).toBe(403)
  })
})
