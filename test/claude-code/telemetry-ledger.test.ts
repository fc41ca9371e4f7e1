import path from 'node:path'
import type { Call } from '@signalbox/contract/call'
import type { UsageRow } from '@signalbox/contract/usage'
import { openLedger } from '@signalbox/ledger'
import { expect, onTestFinished, test } from 'vitest'
import { telemetryVariables } from '../../apps/cli/src/connect/telemetry.ts'
import { type HubFixture, openHubFixture, RealClock } from '../../apps/cli/src/hub.suite.ts'
import { masterKey } from '../../apps/hub/test/open-hub.ts'
import { agent, bash, type SplitUsage, script, text } from '../support/messages-api.ts'
import { tempFolder } from '../support/temp.ts'
import { claudeCode, newest, old } from './client.ts'
import { type ClientHome, clientHome } from './client-home.ts'
import { type RecordedRequest, type RecordingProxy, startRecordingProxy } from './recording-proxy.ts'

/** A session with a subagent whose rows old versions never finish, both kinds of cache writes, and a retry. */
const conversation = script(
  { usage: { cache_creation_input_tokens: 900, ephemeral_1h_input_tokens: 650 } },
  { pause: 200 },
  bash('true'),
  agent([{ usage: { output_tokens: 12_000 } }, { pause: 200 }, bash('true'), text('Below.')]),
  { fail: 529, times: 1 },
  { usage: { output_tokens: 77, cache_creation_input_tokens: 321, ephemeral_1h_input_tokens: 321 } },
  text('Done.'),
)

test.for([
  [newest, 'http/protobuf'],
  [newest, 'http/json'],
  [old, 'http/protobuf'],
  [old, 'http/json'],
] as const)('Claude Code %s: telemetry over %s, transcripts and both together make one ledger', async ([version, protocol], { skip }) => {
  const client = await claudeCode(version, skip)
  const { live, proxy, home } = await record(protocol)
  expect(await home.print(client, await home.project(), ['-p', conversation]).finished).toMatchObject({ code: 0, stdout: 'Done.\n' })
  const types = new Set(proxy.requests.map(({ headers }) => headers['content-type']))
  expect([...types]).toEqual([protocol === 'http/json' ? 'application/json' : 'application/x-protobuf'])

  const { transcripts, before, after, calls } = await replay(home, proxy)
  const expected = expectedOf(home)
  for (const fixture of [live, before, after]) expect(await totals(fixture)).toEqual(expected)
  // What old versions do not write into the rows of a subagent: of one of the two now and then they do, on a slow machine.
  const isWhole = version !== old
  const known = await totals(transcripts)
  const open = isWhole ? 0 : known.unfinished_calls
  expect(known).toEqual({ ...expected, output: expected.output - open * 11_999, unfinished_calls: open })
  if (!isWhole) expect([1, 2]).toContain(open)
  const [ofTelemetry, ofTranscripts, ...ofBoth] = await Promise.all([live, transcripts, before, after].map(reports))
  expect(ofBoth).toEqual([ofTelemetry, ofTelemetry])
  if (isWhole) expect(ofTranscripts).toEqual(ofTelemetry)
  const check = await after.client.checkSessionUsage(calls[0]!.session_id!)
  const { output } = expected
  expect(check).toMatchObject({
    open_calls: 0,
    rows: { output: known.output },
    // The newest version has recorded what its rows have, to the token.
    recorded: isWhole ? { output, input: expected.input, read: expected.read } : null,
    telemetry: { output, input: expected.input, read: expected.read },
    telemetry_calls: expected.calls,
    counted: { output },
    reasons: isWhole ? [] : [{ reason: 'unfinished', calls: open }, { reason: 'not_recorded' }],
  })
  // The second time changes nothing.
  for (const request of proxy.requests) await repeat(after, request)
  await after.client.ingestCalls('laptop', calls)
  expect(await reports(after)).toEqual(ofTelemetry)
})

test.for([newest, old])('the calls that Claude Code %s writes into no transcript are known from telemetry', async (version, { skip }) => {
  const client = await claudeCode(version, skip)
  const { live, proxy, home } = await record('http/protobuf')
  const terminal = home.terminal(client, { cwd: await home.project() })
  const { sessionId } = await terminal.ready()
  await terminal.submit(script(bash('true'), text('It is done.')))
  await terminal.waitForAnswer('It is done.')
  await terminal.submit('/btw what is a kestrel?')
  await expect
    .poll(() => home.api.answersOf(sessionId).filter(({ answered }) => answered !== undefined).length, { timeout: 30_000 })
    .toBe(version === old ? 4 : 3)
  await terminal.waitForScreen('Esc to close')
  terminal.key('escape')
  await terminal.waitForScreen((screen) => !screen.includes('Esc to close'))
  await terminal.submit('/exit')
  await terminal.ended

  const { transcripts, before, after } = await replay(home, proxy)
  const expected = expectedOf(home)
  for (const fixture of [live, before, after]) expect(await totals(fixture)).toEqual(expected)
  expect((await totals(transcripts)).calls).toBe(2)
  // The project of those calls stands in no event.
  const { rows } = await after.client.getUsage({ group: 'project' })
  expect(rows.map(({ project, calls }) => [path.basename(project!), calls]).sort()).toEqual([
    ['', expected.calls - 2],
    ['project', 2],
  ])
})

/** A client whose telemetry a hub receives, and is kept besides. */
async function record(protocol: string) {
  const live = await hub()
  const proxy = await startRecordingProxy(live.url)
  onTestFinished(() => proxy.stop())
  const home = await clientHome({
    settings: { permissions: { defaultMode: 'bypassPermissions' } },
    env: {
      ...telemetryVariables(proxy.url, masterKey, 'laptop'),
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_METRIC_EXPORT_INTERVAL: '500',
      OTEL_LOGS_EXPORT_INTERVAL: '300',
    },
  })
  return { live, proxy, home }
}

/** Hubs that get the transcripts alone, and together with the same telemetry: before it or after it. */
async function replay(home: ClientHome, { requests }: RecordingProxy) {
  const calls = await readTranscripts(home)
  const [transcripts, before, after] = await Promise.all([hub(), hub(), hub()])
  for (const { client } of [transcripts, before]) await client.ingestCalls('laptop', calls)
  for (const fixture of [before, after]) for (const request of requests) await repeat(fixture, request)
  await after.client.ingestCalls('laptop', calls)
  return { transcripts, before, after, calls }
}

const hub = () => openHubFixture({ clock: new RealClock() })

/** What the collector would send. */
async function readTranscripts(home: ClientHome): Promise<Call[]> {
  const ledger = openLedger({ dataDir: tempFolder() })
  try {
    await ledger.refresh({ roots: [path.join(home.config, 'projects')] })
    return [...(ledger.outbox.next(5_000)?.calls ?? [])]
  } finally {
    ledger.close()
  }
}

async function repeat({ url }: HubFixture, { path: route, method, headers, bytes }: RecordedRequest): Promise<void> {
  const sent = Object.fromEntries(
    ['content-type', 'content-encoding', 'authorization', 'x-signalbox-machine'].flatMap((name) => {
      const value = headers[name]
      return value === undefined ? [] : [[name, String(value)]]
    }),
  )
  const answer = await fetch(url + route, { method, headers: sent, body: new Uint8Array(bytes) })
  expect(answer.status).toBe(200)
}

/** The truth: what the stand-in of the API has served. */
function expectedOf({ api }: ClientHome) {
  const served = api.answers.filter(({ status }) => status === 200).map(({ used }) => used)
  const sum = (count: (used: SplitUsage) => number) => served.reduce((total, used) => total + count(used), 0)
  const hour = ({ ephemeral_1h_input_tokens = 0 }: SplitUsage) => ephemeral_1h_input_tokens
  return {
    calls: served.length,
    input: sum((used) => used.input_tokens),
    output: sum((used) => used.output_tokens),
    write_5m: sum((used) => used.cache_creation_input_tokens - hour(used)),
    write_1h: sum(hour),
    read: sum((used) => used.cache_read_input_tokens),
    unfinished_calls: 0,
  }
}

async function totals({ client }: HubFixture) {
  const { totals } = await client.getUsage({ group: 'day' })
  const { calls, input, output, write_5m, write_1h, read, unfinished_calls } = totals
  return { calls, input, output, write_5m, write_1h, read, unfinished_calls }
}

/** Tokens and cost by session, model and day; without times, which telemetry has by its own measure, and without names it lacks. */
async function reports({ client }: HubFixture): Promise<object[]> {
  const rows = await Promise.all((['session', 'model', 'day'] as const).map((group) => client.getUsage({ group })))
  return rows.map((report) =>
    report.rows.map(({ first_call_at: _, last_call_at: __, project: ___, branch: ____, ...row }: UsageRow) => row),
  )
}
