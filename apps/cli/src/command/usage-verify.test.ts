import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeTempFolder, removeFolder, tempFolder } from '../../../../test/support/temp.ts'
import { someLogs, someRecord } from '../../../hub/test/telemetry.ts'
import { runCommand } from '../cli.suite.ts'
import { openHubFixture, RealClock } from '../hub.suite.ts'
import { appendRows } from '../usage/written-calls.fixture.ts'

const START = Date.UTC(2026, 10, 20, 10)
const [whole, old] = ['28282828', '11111111'].map((begin) => `${begin}-2828-4282-8282-282828282828`) as [string, string]
const opus = 'claude-opus-5-5'

interface Row {
  readonly id: string
  readonly session: string
  readonly minute: number
  readonly output: number
  readonly stop?: string | null
  readonly version?: string
  readonly isSidechain?: boolean
}

function row({ id, session, minute, output, stop = 'end_turn', version = '2.1.280', isSidechain = false }: Row): object {
  return {
    type: 'assistant',
    timestamp: new Date(START + minute * 60_000).toISOString(),
    uuid: id,
    sessionId: session,
    cwd: '/home/u/app',
    version,
    isSidechain,
    message: { id: `msg_${id}`, model: opus, stop_reason: stop, usage: { input_tokens: 10, output_tokens: output } },
  }
}

const recordedOf = (outputTokens: number) => ({ [`${opus}[1m]`]: { inputTokens: 20, outputTokens, costUSD: outputTokens / 50_000 } })

const folder = makeTempFolder()
afterAll(() => removeFolder(folder))
beforeAll(() => {
  const modelUsage = {
    [`${opus}[1m]`]: { inputTokens: 20, outputTokens: 14_000, costUSD: 0.28008 },
    'claude-haiku-4-5-20251001': { inputTokens: 500, outputTokens: 20, costUSD: 0.0006 },
  }
  appendRows(
    folder,
    whole,
    // Claude Code kept its sums only from the second process on.
    row({ id: 'a', session: whole, minute: -60, output: 7, version: '2.1.200' }),
    row({ id: 'b', session: whole, minute: 1, output: 2_000 }),
    row({ id: 'c', session: whole, minute: 2, output: 4, stop: null, isSidechain: true }),
    { type: 'cost-state', sessionId: whole, startTime: START, totalDuration: 300_000, totalCostUSD: 0.28068, modelUsage },
  )
  appendRows(folder, old, row({ id: 'd', session: old, minute: -90, output: 5, version: '2.1.200' }))
})

const run = (...args: string[]) => runCommand(folder, ['usage', 'verify', ...args], { COLUMNS: '200' })

test('a session of which nothing is recorded says that its calls are unfinished', async () => {
  const place = tempFolder()
  appendRows(place, old, row({ id: 'a', session: old, minute: 0, output: 4, stop: null, version: '2.1.30' }))
  const verify = (...args: string[]) => runCommand(place, ['usage', 'verify', ...args], { COLUMNS: '200' })
  expect(JSON.parse((await verify('--json')).stdout).sessions).toMatchObject([
    { unfinished_calls: 1, open_calls: 1, reasons: [{ reason: 'unfinished', calls: 1 }, { reason: 'not_recorded' }] },
  ])
  expect((await verify()).stdout).toMatch(/ ≥4 .* ≥<?\$0\.\d+ .*1 call without final figures; not recorded/)
})

test('a folder that is not there is said, with exit code 1', async () => {
  const { code, stderr } = await runCommand(tempFolder(), ['usage', 'verify'], { CLAUDE_CONFIG_DIR: '/nonexistent' })
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('CLAUDE_CONFIG_DIR names /nonexistent') })
})

describe('usage verify', () => {
  test('puts the rows of each session beside what Claude Code has recorded, and says why they differ', async () => {
    const { stdout, stderr, code } = await run()
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    const lines = stdout.trimEnd().split('\n').slice(2)
    expect(lines.pop()).toBe('Telemetry is kept by a hub, and none is set up here: signalbox connect')
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ['11111111', '/home/u/app', '1', '5', '<$0.01', 'not recorded'],
      [
        '28282828',
        '/home/u/app',
        '3',
        '2,011',
        '14,020',
        '12,009',
        '$0.04',
        '$0.28',
        '$0.24',
        '1 call without final figures; calls in the background; 1 call before, or of a killed process',
      ],
    ])
  })

  test('has every model, and what is counted as not itemised, as JSON', async () => {
    const { stdout } = await run('2828', '--json')
    const { sessions } = JSON.parse(stdout) as { sessions: { session: string; models: object[] }[] }
    expect(sessions).toMatchObject([
      {
        session: whole,
        calls: 3,
        unfinished_calls: 1,
        rows: { input: 30, output: 2_011, write: 0, read: 0 },
        recorded: { input: 520, output: 14_020, cost_usd: 0.28068 },
        difference: { input: 490, output: 12_009 },
        not_itemised: { input: 500, output: 12_016 },
        reasons: [{ reason: 'unfinished', calls: 1 }, { reason: 'background' }, { reason: 'killed', calls: 1 }],
        models: [
          { model: 'claude-haiku-4-5-20251001', rows: { output: 0 }, recorded: { output: 20 } },
          { model: opus, rows: { output: 2_011 }, recorded: { output: 14_000 } },
        ],
      },
    ])
  })

  test('takes ids by their beginning, and says so when none or several have it', async () => {
    expect((await run('3')).stderr).toMatch(/^signalbox: "3" is too short for the id of a session/)
    expect((await run('3')).code).toBe(1)
    expect((await run('--last', '1')).stdout).not.toContain('11111111')
    expect((await run('--csv', '--json')).code).toBe(2)
  })

  test('a session that its record makes whole has no mark of doubt, and days keep it', async () => {
    const usage = async (...args: string[]) => (await runCommand(folder, ['usage', ...args], { COLUMNS: '200' })).stdout
    const sessions = await usage('session', '--session', '2828')
    expect(sessions).not.toContain('≥')
    expect(sessions).toContain('What it lacks is in what Claude Code has recorded, so the sums are exact.')
    expect(JSON.parse(await usage('session', '--json'))).toMatchObject({
      rows: [{ session: old }, { session: whole, unfinished_calls: 1, is_whole: true }],
      totals: { is_whole: true },
    })
    expect((await usage('session', '--csv')).split('\r\n')[0]).toMatch(/,is_whole/)
    expect(await usage('daily')).toContain('≥')
  })

  test('counts in the note of a table only the calls that make a sum incomplete; sums with estimates are about right', async () => {
    const place = tempFolder()
    const usage = async (...args: string[]) => (await runCommand(place, ['usage', ...args], { COLUMNS: '200' })).stdout
    appendRows(
      place,
      whole,
      row({ id: 'b', session: whole, minute: 1, output: 2_000 }),
      row({ id: 'c', session: whole, minute: 2, output: 4, stop: null, isSidechain: true }),
      { type: 'cost-state', sessionId: whole, startTime: START, totalDuration: 300_000, totalCostUSD: 1, modelUsage: recordedOf(14_000) },
    )
    const open = row({ id: 'd', session: old, minute: -90, output: 4, stop: null, version: '2.1.30' }) as { message: object }
    appendRows(place, old, { ...open, message: { ...open.message, content: [{ type: 'text', text: 'word '.repeat(1_000) }] } })
    expect(await usage('session')).toContain('≥: 1 call never got the final record')
    expect(await usage('daily')).toContain('≥: 2 calls never got the final record')
    const estimated = await usage('session', '--with-estimates')
    expect(estimated).not.toContain('≥')
    expect(estimated).toMatch(/^11111111 .* ~[\d,]+ .*~\$/m)
    expect(estimated).toContain(
      '~: 1 call never got the final record from Claude Code, so its output, and with it the cost, is partly estimated.',
    )
  })

  test('has a line for each session as CSV, and the telemetry apart', async () => {
    const { stdout, stderr, code } = await run('--csv')
    expect({ stderr, code }).toEqual({
      stderr: 'signalbox: telemetry is kept by a hub, and none is set up here: signalbox connect\n',
      code: 0,
    })
    const [head, ...lines] = stdout.trimEnd().split('\r\n')
    const cells = lines.map((line) => Object.fromEntries(line.split(',').map((cell, nth) => [head!.split(',')[nth], cell])))
    expect(cells).toMatchObject([
      { session: old, rows_output: '5', recorded_output: '', telemetry_output: '', reasons: 'not_recorded' },
      { session: whole, unfinished_calls: '1', open_calls: '0', recorded_output: '14020', reasons: 'unfinished 1; background; killed 1' },
    ])
  })

  test('has what telemetry has reported to the hub of this machine, and says why where it cannot', async () => {
    const { env, url, hub } = await openHubFixture({ clock: new RealClock() })
    const attributes = { model: opus, cache_read_tokens: 0, cache_creation_tokens: 0, speed: 'normal', query_source: 'sdk' }
    const events = [
      { request_id: 'req_c', input_tokens: 10, output_tokens: 11_990 },
      { request_id: 'req_title', input_tokens: 500, output_tokens: 20 },
    ].map((event) => someRecord(whole, START + 120_000, 'api_request', { ...attributes, ...event }))
    await hub.ask('POST', '/v1/logs', { payload: someLogs(events), headers: { 'x-signalbox-machine': 'laptop' } })
    const verify = (...args: string[]) => runCommand(folder, ['usage', 'verify', '2828', ...args], { COLUMNS: '240', ...env })
    const json = JSON.parse((await verify('--json')).stdout) as { telemetry: object; sessions: object[] }
    expect(json).toMatchObject({
      telemetry: { hub: url },
      sessions: [{ rows: { output: 2_011 }, recorded: { output: 14_020 }, telemetry: { input: 510, output: 12_010 }, telemetry_calls: 2 }],
    })
    const { stdout } = await verify()
    expect(stdout.split('\n')[0]).toMatch(/Output: rows +recorded +telemetry +difference/)
    expect(stdout).toMatch(/2,011 +14,020 +12,010 +12,009/)
    const refused = JSON.parse(
      (await runCommand(folder, ['usage', 'verify', '2828', '--json'], { ...env, SIGNALBOX_API_KEY: 'no' })).stdout,
    )
    expect(refused).toMatchObject({
      telemetry: { hub: url, problem: expect.stringContaining('no telemetry: ') },
      sessions: [{ telemetry: null }],
    })
  })

  test('says when there is none', async () => {
    expect((await runCommand(tempFolder(), ['usage', 'verify'])).stdout).toBe('No sessions yet.\n')
  })
})
