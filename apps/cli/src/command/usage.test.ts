import fs from 'node:fs'
import path from 'node:path'
import { type UsageReport, usageReportSchema } from '@signalbox/contract/usage'
import { openLedger } from '@signalbox/ledger'
import { randomFrom } from '@signalbox/usage/random'
import { zoneClock } from '@signalbox/usage/zone'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeTempFolder, removeFolder, tempFolder } from '../../../../test/support/temp.ts'
import { assistantLine } from '../../../../test/support/transcript-line.ts'
import { type Transcripts, writeTranscripts } from '../../../../test/support/transcripts.ts'
import { runCommand, signalbox, startCommand, startSignalbox } from '../cli.suite.ts'
import type { Terminal } from '../terminal.ts'
import { usageTable } from '../usage/table.ts'

let folder: string
let made: Transcripts
beforeAll(async () => {
  folder = makeTempFolder()
  made = writeTranscripts(path.join(folder, 'claude'), { calls: 300, days: 40 })
  await runCommand(folder, ['usage'])
}, 30_000)
afterAll(() => removeFolder(folder))

async function report(...args: string[]) {
  const { code, stdout } = await runCommand(folder, ['usage', ...args, '--json'])
  expect(code).toBe(0)
  return usageReportSchema.strict().parse(JSON.parse(stdout))
}

function sum(calls: Transcripts['calls']) {
  const add = (of: (call: Transcripts['calls'][number]) => number) => calls.reduce((total, call) => total + of(call), 0)
  return {
    calls: calls.length,
    input: add(({ input }) => input),
    output: add(({ output }) => output),
    write_5m: add(({ write_5m }) => write_5m),
    write_1h: add(({ write_1h }) => write_1h),
    read: add(({ read }) => read),
  }
}

describe('--json', () => {
  test.each([
    ['daily', 'day', (call: Transcripts['calls'][number]) => call.at.slice(0, 10)],
    ['monthly', 'month', (call: Transcripts['calls'][number]) => call.at.slice(0, 7)],
    ['session', 'session', (call: Transcripts['calls'][number]) => call.session_id],
    ['project', 'project', (call: Transcripts['calls'][number]) => call.cwd],
    ['model', 'model', (call: Transcripts['calls'][number]) => call.model],
  ] as const)('%s has a row per %s with exact sums', async (word, group, nameOf) => {
    const { rows, totals, ...rest } = await report(word)
    expect(rest).toMatchObject({ group, timezone: 'UTC' })
    expect(totals).toMatchObject(sum(made.calls))
    const expected = Map.groupBy(made.calls, nameOf)
    expect(new Set(rows.map((row) => row[group]))).toEqual(new Set(expected.keys()))
    for (const row of rows) expect(row).toMatchObject(sum(expected.get(row[group] ?? '') ?? []))
  })

  test.each(['weekly', 'hourly', 'branch', 'blocks'])('%s adds up to the same totals', async (word) => {
    const { totals, rows } = await report(word)
    expect(totals).toMatchObject(sum(made.calls))
    expect(rows.reduce((total, row) => total + row.calls, 0)).toBe(made.calls.length)
  })

  test('--since and --until accept days (included) and instants', async () => {
    const days = [...new Set(made.calls.map(({ at }) => at.slice(0, 10)))].sort()
    const [from = '', to = ''] = [days[3], days[7]]
    const within = made.calls.filter(({ at }) => at.slice(0, 10) >= from && at.slice(0, 10) <= to)
    expect((await report('daily', '--since', from, '--until', to)).totals).toMatchObject(sum(within))
    expect((await report('daily', '--since', from.replaceAll('-', ''), '--until', to.replaceAll('-', ''))).totals).toMatchObject(
      sum(within),
    )
    const noon = `${from}T12:00:00Z`
    const after = made.calls.filter(({ at }) => Date.parse(at) >= Date.parse(noon))
    expect((await report('daily', '--since', noon)).totals).toMatchObject(sum(after))
  })

  test('--session, --project and --model filter the calls', async () => {
    const { session_id, cwd, model } = made.calls[5]!
    const some = (of: (call: Transcripts['calls'][number]) => boolean) => sum(made.calls.filter(of))
    expect((await report('daily', '--session', session_id)).totals).toMatchObject(some((call) => call.session_id === session_id))
    expect((await report('daily', '--project', cwd)).totals).toMatchObject(some((call) => call.cwd === cwd))
    expect((await report('daily', '--model', model)).totals).toMatchObject(some((call) => call.model === model))
  })

  test('--project . is the current folder', async () => {
    const place = path.join(tempFolder(), 'a b')
    const file = path.join(place, 'claude', 'projects', 'p', 's.jsonl')
    fs.mkdirSync(path.dirname(file), { recursive: true })
    const line = (id: string, cwd: string) =>
      `${JSON.stringify({ type: 'assistant', timestamp: '2026-11-01T10:00:00.000Z', uuid: id, cwd, message: { id, model: 'm', usage: { input_tokens: 1 } } })}\n`
    fs.writeFileSync(file, line('m1', place) + line('m2', path.join(place, 'sub')) + line('m3', '/elsewhere'))
    const calls = async (project: string) =>
      JSON.parse((await runCommand(place, ['usage', '--json', '--project', project], {}, { cwd: place })).stdout).totals.calls
    expect(await Promise.all(['.', './sub', place, '/nowhere'].map(calls))).toEqual([1, 1, 1, 0])
  })

  test('a project is a repository with its worktrees and subfolders; --folder is one of its folders', async () => {
    const place = tempFolder()
    const folders = [
      '/home/u/shop',
      '/home/u/shop/packages/api',
      '/home/u/shop/.claude/worktrees/calm-fox-77',
      'w:\\app',
      'W:\\app\\',
      '/srv/shop',
    ]
    fs.mkdirSync(path.join(place, 'claude', 'projects', 'p'), { recursive: true })
    fs.writeFileSync(
      path.join(place, 'claude', 'projects', 'p', 's.jsonl'),
      folders
        .map((cwd, n) => {
          const message = { id: `msg_${n}`, model: 'claude-opus-5-5', usage: { input_tokens: 1_000 } }
          const call = {
            type: 'assistant',
            timestamp: '2026-11-01T10:00:00.000Z',
            uuid: `u${n}`,
            sessionId: 's',
            gitBranch: 'main',
            cwd,
            message,
          }
          return `${JSON.stringify(call)}\n`
        })
        .join(''),
    )
    const json = async (...options: string[]): Promise<UsageReport> =>
      JSON.parse((await runCommand(place, ['usage', ...options, '--json'])).stdout)
    const { rows } = await json('project')
    expect(rows.map(({ project, short_name, calls }) => [project, short_name, calls])).toEqual([
      ['/home/u/shop', 'u/shop', 3],
      ['W:\\app', 'app', 2],
      ['/srv/shop', '/srv/shop', 1],
    ])
    const { stdout } = await runCommand(place, ['usage', 'project'])
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(expect.arrayContaining(['u/shop', 'app', '/srv/shop']))
    expect((await json('folder', '--project', 'u/shop')).rows.map(({ folder }) => folder)).toEqual(folders.slice(0, 3).sort())
    expect((await json('--folder', 'W:/app')).totals.calls).toBe(2)
    const grouped = await runCommand(place, ['usage', 'project', '--json'], { PROJECT_GROUPS: 'all shops = u/shop, /srv/*; x=y' })
    expect(JSON.parse(grouped.stdout).rows).toMatchObject([{ project: 'all shops', calls: 4 }, { project: 'W:\\app' }])
  })

  test('--order reverses the rows', async () => {
    const { rows } = await report('daily')
    expect((await report('daily', '--order', 'desc')).rows).toEqual(rows.toReversed())
    expect((await report('daily', '--order', 'asc')).rows).toEqual(rows)
    const { rows: models } = await report('model')
    expect((await report('model', '--order', 'desc')).rows).toEqual(models)
  })
})

describe('--csv', () => {
  test('has a header and a line per row, which add up', async () => {
    const { stdout } = await runCommand(folder, ['usage', 'daily', '--csv'])
    const [head = '', ...lines] = stdout.trimEnd().split('\r\n')
    expect(head).toBe(
      'day,calls,input,output,write_5m,write_1h,read,total_tokens,cost_usd,unpriced_calls,unfinished_calls,odd_calls,estimated_output,estimated_cost_usd',
    )
    expect(lines.reduce((total, line) => total + Number(line.split(',')[3]), 0)).toBe(sum(made.calls).output)
  })

  test('--breakdown has a line per model and day', async () => {
    const { stdout } = await runCommand(folder, ['usage', 'daily', '--csv', '--breakdown'])
    const lines = stdout.trimEnd().split('\r\n').slice(1)
    expect(lines.length).toBe(new Set(made.calls.map(({ at, model }) => `${at.slice(0, 10)} ${model}`)).size)
  })
})

describe('the table', () => {
  const words = ['daily', 'weekly', 'monthly', 'session', 'project', 'model', 'blocks', 'hourly', 'branch']
  const plain = (columns: number): Terminal => ({ columns, colour: false, write: () => {}, style: (_, text) => text })

  test('fits every terminal, and always shows the cost', async () => {
    const reports = await Promise.all(words.map((word) => report(word)))
    for (const columns of [Number.POSITIVE_INFINITY, 200, 120, 100, 80, 60, 40]) {
      for (const breakdown of [false, true]) {
        for (const made of reports) {
          const text = usageTable(made, plain(columns), { clock: zoneClock('UTC'), home: '/home/dev', breakdown })
          const lines = (text.split('\n\n')[0] ?? '').split('\n')
          expect(lines.filter((line) => line.length > columns)).toEqual([])
          expect(lines[0]).toContain('Cost (USD)')
          expect(lines.find((line) => line.startsWith('Total'))).toMatch(/\$[\d,]+\.\d\d$/)
          expect(lines.filter((line) => line !== line.trimEnd())).toEqual([])
        }
      }
    }
  })

  test('shows the burn rate and the projection of the active block', () => {
    const sums = {
      calls: 9,
      input: 1,
      output: 2,
      write_5m: 3,
      write_1h: 4,
      read: 5,
      total_tokens: 6_000_000,
      cost_usd: 12,
      unpriced_calls: 0,
      unfinished_calls: 0,
      odd_calls: 0,
    }
    const text = usageTable(
      {
        group: 'block',
        timezone: 'UTC',
        rows: [
          {
            start: '2026-11-21T09:00:00.000Z',
            end: '2026-11-21T14:00:00.000Z',
            ...sums,
            models: [],
            is_active: true,
            is_gap: false,
            burn_rate: { tokens_per_minute: 100_000, cost_per_minute: 0.2 },
            projection: { total_tokens: 30_000_000, cost_usd: 60, remaining_minutes: 90 },
          },
        ],
        totals: { ...sums, models: [] },
        unpriced: [],
        price_table: { version: '1', date: '2026-11-21' },
      },
      plain(200),
      { clock: zoneClock('Europe/Berlin'), home: '/home/dev', breakdown: false },
    )
    expect(text).toContain('2026-11-21 10:00 – 15:00 (active)')
    expect(text).toContain(
      'Active block: 1 h 30 min left. Burn rate: 100K tokens per minute, $12.00 per hour. Projected: 30M tokens, $60.00.',
    )
  })

  test('has the width of the terminal', async () => {
    const { stdout } = await runCommand(folder, ['usage', 'daily'], { COLUMNS: '50' })
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(50)
  })

  test('names the list price, and the models without a price', async () => {
    const { stdout } = await runCommand(folder, ['usage', 'daily'])
    const { unpriced } = await report('daily')
    expect(stdout).toContain("List-price equivalent. Your plan's price is different.")
    expect(unpriced.length).toBeGreaterThan(0)
    for (const model of unpriced) expect(stdout).toContain(model)
  })

  test('has no colours in a pipe, colours with FORCE_COLOR, none with NO_COLOR', async () => {
    expect((await runCommand(folder, ['usage'])).stdout).not.toContain('\u001b')
    expect((await runCommand(folder, ['usage'], { FORCE_COLOR: '1' })).stdout).toContain('\u001b[1m')
    expect((await runCommand(folder, ['usage'], { FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).not.toContain('\u001b')
  })
})

describe('blocks', () => {
  const MINUTE = 60_000
  const iso = (ms: number) => new Date(ms).toISOString()

  /** Calls of some minutes ago, and a snapshot of the five-hour window that is `age` minutes old. */
  function writeCalls(minutes: readonly number[], age?: number, window: object = {}) {
    const place = tempFolder()
    const now = Date.now()
    const file = path.join(place, 'claude', 'projects', 'p', 's.jsonl')
    fs.mkdirSync(path.dirname(file), { recursive: true })
    const line = (ago: number, n: number) => {
      const message = { id: `m${n}`, model: 'claude-opus-5-5', usage: { input_tokens: 1_000 } }
      return `${JSON.stringify({ type: 'assistant', timestamp: iso(now - ago * MINUTE), uuid: `u${n}`, message })}\n`
    }
    fs.writeFileSync(file, minutes.map(line).join(''))
    const resetsAt = now + 150 * MINUTE
    if (age !== undefined) {
      const ledger = openLedger({ dataDir: path.join(place, 'data') })
      const capturedAt = now - age * MINUTE
      const session = { kind: 'session', label: '5-hour limit', percentUsed: 47, resetsAt, state: 'known', ...window } as const
      ledger.snapshots.put({
        source: 'statusline',
        machineId: 'laptop',
        capturedAt,
        receivedAt: capturedAt,
        windows: [session],
        isPartial: false,
      })
      ledger.close()
    }
    const blocks = async () => usageReportSchema.strict().parse(JSON.parse((await runCommand(place, ['usage', 'blocks', '--json'])).stdout))
    return { place, resetsAt, start: resetsAt - 300 * MINUTE, blocks }
  }

  test('the window of a fresh snapshot of this machine is measured: in the table, as JSON and as CSV', async () => {
    const { place, start, resetsAt, blocks } = writeCalls([1000, 180, 120, 20, 1], 3)
    const { rows, totals } = await blocks()
    expect(totals.calls).toBe(5)
    expect(rows.at(-1)).toMatchObject({ start: iso(start), end: iso(resetsAt), calls: 3, measured: true, is_active: true })
    expect(rows.at(-2)).toMatchObject({ end: iso(start), calls: 1, measured: false, is_active: false })
    const table = (await runCommand(place, ['usage', 'blocks'], { COLUMNS: '160' })).stdout
    const at = (ms: number) => iso(ms).slice(0, 16).replace('T', ' ')
    expect(table).toContain(`${at(start)} – ${at(resetsAt).slice(11)} (active, measured)`)
    expect(table).toContain('The active block is measured')
    expect(table).toContain('The other blocks are estimated')
    const { stdout } = await runCommand(place, ['usage', 'blocks', '--csv'])
    expect(stdout).toContain(`${iso(start)},${iso(resetsAt)},true,false,true,3,`)
    // It stays the window of the plan when calls are filtered.
    const since = JSON.parse(
      (await runCommand(place, ['usage', 'blocks', '--json', '--since', iso(resetsAt - MINUTE), '--model', 'none'])).stdout,
    )
    expect(since.rows).toMatchObject([{ start: iso(start), calls: 0, measured: true }])
  })

  test.each([
    ['no snapshot', undefined, {}],
    ['a stale one', 11, {}],
    ['one whose window has ended', 9, { resetsAt: Date.now() - MINUTE }],
    ['one without a reset time', 1, { resetsAt: undefined, resetsText: 'at noon' }],
    ['one of an idle window', 1, { state: 'idle', resetsAt: undefined, percentUsed: 0 }],
  ] as const)('with %s all are estimated', async (_, age, window) => {
    const { place, blocks } = writeCalls([1000, 20, 1], age, window)
    const { rows } = await blocks()
    expect(rows.filter((row) => row.measured)).toEqual([])
    expect(rows.some((row) => row.is_active)).toBe(true)
    const table = (await runCommand(place, ['usage', 'blocks'])).stdout
    expect(table).toContain('(active)')
    expect(table.replaceAll(/\s+/g, ' ')).toContain('Blocks are estimated')
    expect(table).not.toContain('measured')
  })
})

describe('a usage error has exit code 2 and a helpful line', () => {
  test.each([
    [['usage', 'dayly'], /cannot group usage by "dayly".*daily, weekly/],
    [['usage', '--since', 'yesterdayish'], /--since: "yesterdayish" is not a time/],
    [['usage', '--since', '2026-02-30'], /"2026-02-30" is not a time/],
    [['usage', '--since', '2026-03-02', '--until', '2026-03-01'], /must be before/],
    [['usage', '--timezone', 'Mars/Olympus'], /"Mars\/Olympus" is not a time zone/],
    [['usage', '--json', '--csv'], /cannot be used with/],
    [['usage', '--order', 'sideways'], /asc, desc/],
    [['usage', '--jsn'], /unknown option '--jsn'[\s\S]*--json/],
    [['usage', 'daily', 'weekly'], /too many arguments/],
  ] as const)('%j', async (args, line) => {
    const { code, stdout, stderr } = await runCommand(folder, args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^signalbox: /)
    expect(stderr).toMatch(line)
    expect(stderr).not.toContain('    at ')
  })
})

describe('a failure has exit code 1 and a helpful line', () => {
  test('invalid settings, all of them', async () => {
    const { code, stderr } = await runCommand(folder, ['usage'], { TIMEZONE: 'Nowhere', WEEK_START: 'someday' })
    expect(code).toBe(1)
    expect(stderr).toContain('TIMEZONE is "Nowhere"')
    expect(stderr).toContain('WEEK_START is "someday"')
  })

  test('an unwritable data folder', async () => {
    const place = tempFolder()
    fs.writeFileSync(path.join(place, 'data'), '')
    const { code, stderr } = await runCommand(place, ['usage'])
    expect(code).toBe(1)
    expect(stderr).toContain('DATA_DIR')
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  test('an invalid price table', async () => {
    const place = tempFolder()
    fs.writeFileSync(path.join(place, 'prices.json'), '{"models": 7}')
    const { code, stderr } = await runCommand(place, ['usage'], { PRICE_TABLE: path.join(place, 'prices.json') })
    expect(code).toBe(1)
    expect(stderr).toMatch(/prices\.json cannot be used: .*PRICE_TABLE/)
  })
})

describe('prices', () => {
  /** Writes a transcript with a call of a million tokens of one class for each. */
  function transcriptOf(place: string, calls: readonly { model: string; at?: string; kind?: 'input' | 'read' }[]): void {
    const random = randomFrom(1)
    const lines = calls.map(({ model, at = '2026-11-19T10:00:00.000Z', kind = 'input' }, nth) => {
      const record = {
        ...{ uuid: random.uuid(), messageId: `msg_${nth}`, requestId: `req_${nth}`, timestamp: at, model, session: random.uuid() },
        ...{ cwd: '/home/ada/engine', branch: 'main', version: '2.1.280', sidechain: false, content: '[]' },
        ...{ input: 0, output: 0, write_5m: 0, write_1h: 0, read: 0, [kind]: 1_000_000 },
      }
      return assistantLine(random, record, { order: 'classic', cache: 'object' })
    })
    const projects = path.join(place, 'claude', 'projects', 'p')
    fs.mkdirSync(projects, { recursive: true })
    fs.writeFileSync(path.join(projects, 's.jsonl'), `${lines.join('\n')}\n`)
  }

  async function costs(place: string, group: string, extra: Record<string, string> = {}): Promise<Record<string, number | null>> {
    const { stdout } = await runCommand(place, ['usage', group, '--json'], extra)
    const { rows } = usageReportSchema.parse(JSON.parse(stdout))
    return Object.fromEntries(rows.map((row) => [row.day ?? row.model, row.cost_usd]))
  }

  test('change at midnight UTC: reads of Sonnet 5.5 cost 0.20 through 6 October 2026 and 0.10 from the 7th', async () => {
    const place = tempFolder()
    const times = ['2026-10-05T23:59:59.000Z', '2026-10-06T12:00:00.000Z', '2026-10-06T23:59:59.999Z', '2026-10-07T00:00:00.000Z']
    transcriptOf(
      place,
      times.map((at) => ({ model: 'claude-sonnet-5-5', at, kind: 'read' })),
    )
    expect(await costs(place, 'daily')).toEqual({ '2026-10-05': 0.2, '2026-10-06': 0.4, '2026-10-07': 0.1 })
    // The evening before, where the user is.
    expect(await costs(place, 'daily', { TIMEZONE: 'America/Los_Angeles' })).toEqual({ '2026-10-05': 0.2, '2026-10-06': 0.5 })
  })

  test("are those of Claude under a gateway's name, and none of another vendor's model", async () => {
    const place = tempFolder()
    const profile = 'arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abcd1234'
    const claude = { 'anthropic/claude-haiku-4.5': 1, 'anthropic/claude-4.5-haiku-20251001': 1, 'claude-fable-5-1-thinking': 10 }
    const foreign = ['GLM-4.6', 'deepseek-v3', 'deepseek-v4', 'grok-4-fast', 'grok-4', profile]
    transcriptOf(
      place,
      [...Object.keys(claude), ...foreign].map((model) => ({ model })),
    )
    expect(await costs(place, 'model')).toEqual({ ...claude, ...Object.fromEntries(foreign.map((model) => [model, null])) })

    const file = path.join(place, 'prices.json')
    const withPrices = (own: Record<string, number>) => {
      const rest = { write_5m: 1, write_1h: 1, read: 1, output: 1 }
      const models = Object.entries(own).map(([name, input]) => ({ names: [name], prices: [{ input, ...rest }] }))
      fs.writeFileSync(file, JSON.stringify({ version: 't', date: '2026-11-20', extends: 'default', models }))
      return costs(place, 'model', { PRICE_TABLE: file })
    }
    const all = { 'GLM-4.6': 0.6, 'deepseek-v3': 1, 'deepseek-v4': 2, 'grok-4-fast': 0.2, 'grok-4': 3, [profile]: 5 }
    expect(await withPrices(all)).toEqual({ ...claude, ...all })
    // Those that the table leaves out have no price, and least of all a relative's.
    const some = { 'glm-4.6': 0.6, 'deepseek-v3': 1, 'grok-4-fast': 0.2, [profile]: 5 }
    expect(await withPrices(some)).toEqual({ ...claude, ...all, 'deepseek-v4': null, 'grok-4': null })
  })
})

test('without transcripts it prints the searched folders and a suggestion', async () => {
  const place = tempFolder()
  const { code, stdout } = await runCommand(place, ['usage'])
  expect(code).toBe(0)
  expect(stdout).toContain('*.jsonl')
  expect(stdout).toContain(path.join(place, 'claude', 'projects'))
  expect(stdout).toContain('CLAUDE_CONFIG_DIR')
  const json = await runCommand(place, ['usage', '--json'])
  expect(usageReportSchema.parse(JSON.parse(json.stdout))).toMatchObject({ rows: [], totals: { calls: 0 } })
})

test('calls stay counted when their transcripts are deleted', async () => {
  const place = tempFolder()
  writeTranscripts(path.join(place, 'claude'), { calls: 60 })
  const before = await runCommand(place, ['usage', 'daily', '--json'])
  fs.rmSync(path.join(place, 'claude'), { recursive: true })
  const after = await runCommand(place, ['usage', 'daily', '--json'])
  expect(JSON.parse(after.stdout)).toEqual(JSON.parse(before.stdout))
})

test('Ctrl-C stops the reading of transcripts without loss, with exit code 130', async () => {
  const place = tempFolder()
  const { calls } = writeTranscripts(path.join(place, 'claude'), { calls: 60 })
  expect(await startCommand(place, ['usage', '--json']).stop('SIGINT')).toMatchObject({ code: 130, stdout: '' })
  const { stdout } = await runCommand(place, ['usage', '--json'])
  expect(JSON.parse(stdout).totals.calls).toBe(calls.length)
})

test('in a process of its own it uses the zone of the machine, and a reader may close the pipe early', async () => {
  const TZ = 'America/St_Johns'
  const words = ['usage', 'hourly', '--json']
  const [real, named] = await Promise.all([
    signalbox(folder, words, { TIMEZONE: '', TZ }),
    runCommand(folder, [...words, '--timezone', TZ], { TIMEZONE: '' }),
  ])
  expect({ code: real.code, stderr: real.stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(real.stdout)).toEqual(JSON.parse(named.stdout))
  const child = startSignalbox(folder, words)
  child.process.stdout?.destroy()
  const { code, stderr } = await child.finished
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

describe('where transcripts are', () => {
  const writeCall = (projects: string, id: string, output = 7) => {
    fs.mkdirSync(path.join(projects, '-home-u-app'), { recursive: true })
    const call = { type: 'assistant', timestamp: '2026-11-01T10:00:00.000Z', uuid: id, sessionId: id, cwd: '/home/u/app' }
    const message = { id: `msg_${id}`, model: 'claude-opus-5', usage: { input_tokens: 1, output_tokens: output } }
    fs.writeFileSync(path.join(projects, '-home-u-app', `${id}.jsonl`), `${JSON.stringify({ ...call, message })}\n`)
  }
  const homeIs = (home: string) => ({ HOME: home, USERPROFILE: home, XDG_CONFIG_HOME: '', APPDATA: '', LOCALAPPDATA: '' })
  const coworkIn: Partial<Record<NodeJS.Platform, string>> = {
    darwin: 'Library/Application Support/Claude',
    win32: 'AppData/Roaming/Claude',
  }

  test('the sessions of Cowork are found by themselves, and its audit log is not read', async () => {
    const home = fs.realpathSync(tempFolder())
    writeCall(path.join(home, '.claude/projects'), 'code')
    const account = path.join(home, coworkIn[process.platform] ?? '.config/Claude', 'local-agent-mode-sessions/org/account')
    writeCall(path.join(account, 'local_1/.claude/projects'), 'cowork', 100)
    writeCall(home, 'audited', 5000)
    fs.renameSync(path.join(home, '-home-u-app/audited.jsonl'), path.join(account, 'local_1/audit.jsonl'))
    writeCall(path.join(account, 'local_1/outputs/.claude/projects'), 'file-of-the-user', 1000)
    const env = { CLAUDE_CONFIG_DIR: '', CLAUDE_DESKTOP_DIRS: '', ...homeIs(home) }
    const json = await signalbox(home, ['usage', '--json'], env)
    expect([json.code, json.stderr, JSON.parse(json.stdout)]).toMatchObject([0, '', { totals: { calls: 2, output: 107 } }])
    const doctor = await signalbox(home, ['doctor'], env)
    expect(doctor.stdout).toMatch(/1 file of Cowork, \d+ B in ~\S* ?\S*local-agent-mode-sessions/)
    // Without Claude Code's own folder, too; and not at all where it is not wanted.
    const named = { ...env, CLAUDE_CONFIG_DIR: tempFolder(), DATA_DIR: tempFolder() }
    expect(JSON.parse((await signalbox(home, ['usage', '--json'], named)).stdout).totals.output).toBe(100)
    const unwanted = { ...named, CLAUDE_DESKTOP_DIRS: 'none', DATA_DIR: tempFolder() }
    expect(JSON.parse((await signalbox(home, ['usage', '--json'], unwanted)).stdout).totals.output).toBe(0)
  })

  test.each([['--json'], ['--csv'], ['daily']])(
    'with %s a folder named by hand that is not there is named on stderr; when none is there, the command fails',
    async (format) => {
      const home = fs.realpathSync(tempFolder())
      writeCall(path.join(home, 'claude/projects'), 'code')
      const gone = path.join(home, 'gone\u001b[2J')
      const run = (dirs: Record<string, string>) => runCommand(home, ['usage', format], dirs)
      const some = await run({ CLAUDE_CONFIG_DIR: `${path.join(home, 'claude')},${gone}` })
      const begin = 'signalbox: CLAUDE_CONFIG_DIR names '
      expect([some.code, some.stderr]).toEqual([0, `${begin}${home}/gone\\u001b[2J, which does not exist.\n`])
      expect(some.stdout).toContain('7')
      const none = await run({ CLAUDE_CONFIG_DIR: gone, EXTRA_TRANSCRIPT_DIRS: path.join(home, 'old') })
      expect([none.code, none.stderr.split('\n')]).toEqual([
        1,
        [expect.stringMatching(/CLAUDE_CONFIG_DIR names .*gone/), expect.stringMatching(/EXTRA_TRANSCRIPT_DIRS names .*old, which/), ''],
      ])
      // What the local database has is shown all the same.
      expect(none.stdout).toBe(some.stdout)
    },
  )

  test('a folder of Claude Code that has no transcripts yet is there, and default folders are not named', async () => {
    const home = fs.realpathSync(tempFolder())
    fs.mkdirSync(path.join(home, 'claude'))
    const fresh = await runCommand(home, ['usage'], { CLAUDE_CONFIG_DIR: path.join(home, 'claude') })
    expect([fresh.code, fresh.stderr, fresh.stdout]).toEqual([0, '', expect.stringContaining(`${home}/claude/projects\n`)])
    const unset = await signalbox(home, ['usage', '--json'], { CLAUDE_CONFIG_DIR: '', ...homeIs(home) })
    expect([unset.code, unset.stderr]).toEqual([0, ''])
  })
})

test('the two hours of one name, when clocks go back, carry their offset, and the day has all its calls', async () => {
  const place = tempFolder()
  const projects = path.join(place, 'claude/projects/p')
  fs.mkdirSync(projects, { recursive: true })
  const at = ['2026-10-24T23:10:00.000Z', '2026-10-25T00:10:00.000Z', '2026-10-25T01:10:00.000Z', '2026-10-25T22:59:00.000Z']
  const call = (timestamp: string, id: number) =>
    JSON.stringify({
      type: 'assistant',
      timestamp,
      sessionId: 's',
      uuid: `${id}`,
      cwd: '/p',
      message: { id: `msg_${id}`, model: 'claude-opus-5', usage: { input_tokens: 1, output_tokens: 1 } },
    })
  fs.writeFileSync(path.join(projects, 's.jsonl'), `${at.map(call).join('\n')}\n`)
  const env = { TIMEZONE: 'Europe/Berlin' }
  const names = async (columns: string) =>
    (await runCommand(place, ['usage', 'hourly'], { ...env, COLUMNS: columns })).stdout
      .split('\n')
      .flatMap((line) => /^(?:2026-)?10-25 \S+(?: [+-]\S+)?/.exec(line)?.[0] ?? [])
  expect(await names('200')).toEqual(['2026-10-25 01:00', '2026-10-25 02:00 +02:00', '2026-10-25 02:00 +01:00', '2026-10-25 23:00'])
  expect(await names('40')).toEqual(['2026-10-25 01:00', '10-25 02:00 +02:00', '10-25 02:00 +01:00', '2026-10-25 23:00'])
  const csv = (await runCommand(place, ['usage', 'hourly', '--csv'], env)).stdout.split('\r\n').slice(1, -1)
  // Hours are instants there, so no two are the same.
  expect(csv.map((line) => line.split(',')[0])).toEqual([
    '2026-10-24T23:00:00.000Z',
    '2026-10-25T00:00:00.000Z',
    '2026-10-25T01:00:00.000Z',
    '2026-10-25T22:00:00.000Z',
  ])
  const daily = JSON.parse((await runCommand(place, ['usage', 'daily', '--json'], env)).stdout) as {
    rows: { day: string; calls: number }[]
  }
  expect(daily.rows.map(({ day, calls }) => [day, calls])).toEqual([['2026-10-25', 4]])
  const sessions = await runCommand(place, ['usage', 'session', '--until', '2026-10-25T01:30:00Z'], { ...env, COLUMNS: '200' })
  expect(sessions.stdout).toContain('2026-10-25 02:10 +01:00')
})
