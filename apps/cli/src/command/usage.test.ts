import fs from 'node:fs'
import path from 'node:path'
import { usageReportSchema } from '@signalbox/contract/usage'
import { openLedger } from '@signalbox/ledger'
import { clockOf } from '@signalbox/usage/zone'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeTempFolder, removeFolder, tempFolder } from '../../../../test/support/temp.ts'
import { type Transcripts, writeTranscripts } from '../../../../test/support/transcripts.ts'
import { signalbox, startSignalbox } from '../cli.suite.ts'
import type { Terminal } from '../terminal.ts'
import { usageTable } from '../usage/table.ts'

let folder: string
let made: Transcripts
beforeAll(async () => {
  folder = makeTempFolder()
  made = writeTranscripts(path.join(folder, 'claude'), { calls: 300, days: 40 })
  await signalbox(folder, ['usage'])
}, 30_000)
afterAll(() => removeFolder(folder))

async function report(...args: string[]) {
  const { code, stdout } = await signalbox(folder, ['usage', ...args, '--json'])
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
  ] as const)('%s has a row for each %s with its exact sums', async (word, group, nameOf) => {
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

  test('--since and --until take days that are included, and instants', async () => {
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

  test('--session, --project and --model let only those calls through', async () => {
    const { session_id, cwd, model } = made.calls[5]!
    const some = (of: (call: Transcripts['calls'][number]) => boolean) => sum(made.calls.filter(of))
    expect((await report('daily', '--session', session_id)).totals).toMatchObject(some((call) => call.session_id === session_id))
    expect((await report('daily', '--project', cwd)).totals).toMatchObject(some((call) => call.cwd === cwd))
    expect((await report('daily', '--model', model)).totals).toMatchObject(some((call) => call.model === model))
  })

  test('--project . is the folder one stands in', async () => {
    const place = path.join(tempFolder(), 'a b')
    const file = path.join(place, 'claude', 'projects', 'p', 's.jsonl')
    fs.mkdirSync(path.dirname(file), { recursive: true })
    const line = (id: string, cwd: string) =>
      `${JSON.stringify({ type: 'assistant', timestamp: '2026-11-01T10:00:00.000Z', uuid: id, cwd, message: { id, model: 'm', usage: { input_tokens: 1 } } })}\n`
    fs.writeFileSync(file, line('m1', place) + line('m2', path.join(place, 'sub')) + line('m3', '/elsewhere'))
    const calls = async (project: string) =>
      JSON.parse((await signalbox(place, ['usage', '--json', '--project', project], {}, place)).stdout).totals.calls
    expect(await Promise.all(['.', './sub', place, '/nowhere'].map(calls))).toEqual([1, 1, 1, 0])
  })

  test('--order turns the rows round', async () => {
    const { rows } = await report('daily')
    expect((await report('daily', '--order', 'desc')).rows).toEqual(rows.toReversed())
    expect((await report('daily', '--order', 'asc')).rows).toEqual(rows)
    const { rows: models } = await report('model')
    expect((await report('model', '--order', 'desc')).rows).toEqual(models)
  })

  test('is the same in the zone of the machine and in the same zone by name', async () => {
    for (const TZ of ['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe']) {
      const [own, named] = await Promise.all([
        signalbox(folder, ['usage', 'hourly', '--json'], { TIMEZONE: '', TZ }),
        signalbox(folder, ['usage', 'hourly', '--json', '--timezone', TZ], { TZ: 'UTC' }),
      ])
      expect(JSON.parse(own.stdout)).toEqual(JSON.parse(named.stdout))
    }
  })
})

describe('--csv', () => {
  test('has a head and a line for each row, which add up', async () => {
    const { stdout } = await signalbox(folder, ['usage', 'daily', '--csv'])
    const [head = '', ...lines] = stdout.trimEnd().split('\r\n')
    expect(head).toBe('day,calls,input,output,write_5m,write_1h,read,total_tokens,cost_usd,unpriced_calls')
    expect(lines.reduce((total, line) => total + Number(line.split(',')[3]), 0)).toBe(sum(made.calls).output)
  })

  test('--breakdown has a line for each model of each day', async () => {
    const { stdout } = await signalbox(folder, ['usage', 'daily', '--csv', '--breakdown'])
    const lines = stdout.trimEnd().split('\r\n').slice(1)
    expect(lines.length).toBe(new Set(made.calls.map(({ at, model }) => `${at.slice(0, 10)} ${model}`)).size)
  })
})

describe('the table', () => {
  const words = ['daily', 'weekly', 'monthly', 'session', 'project', 'model', 'blocks', 'hourly', 'branch']
  const plain = (columns: number): Terminal => ({ columns, colour: false, write: () => {}, style: (_, text) => text })

  test('fits every terminal, and never leaves out what it costs', async () => {
    const reports = await Promise.all(words.map((word) => report(word)))
    for (const columns of [Number.POSITIVE_INFINITY, 200, 120, 100, 80, 60, 40]) {
      for (const breakdown of [false, true]) {
        for (const made of reports) {
          const text = usageTable(made, plain(columns), { clock: clockOf('UTC'), home: '/home/dev', breakdown })
          const lines = (text.split('\n\n')[0] ?? '').split('\n')
          expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns)
          expect(lines[0]).toContain('Cost (USD)')
          expect(lines.find((line) => line.startsWith('Total'))).toMatch(/\$[\d,]+\.\d\d$/)
          expect(lines.filter((line) => line !== line.trimEnd())).toEqual([])
        }
      }
    }
  })

  test('tells how fast the open block is used, and where that leads', () => {
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
      { clock: clockOf('Europe/Berlin'), home: '/home/dev', breakdown: false },
    )
    expect(text).toContain('2026-11-21 10:00 – 15:00 (open)')
    expect(text).toContain(
      'has 1 h 30 min left. At its pace of 100k tokens a minute and $12.00 an hour it comes to 30.0M tokens and $60.00.',
    )
  })

  test('takes the width of the terminal it is shown on', async () => {
    const { stdout } = await signalbox(folder, ['usage', 'daily'], { COLUMNS: '50' })
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(50)
  })

  test('says that money is list price, and names the models that have none', async () => {
    const { stdout } = await signalbox(folder, ['usage', 'daily'])
    const { unpriced } = await report('daily')
    expect(stdout).toContain('list price')
    expect(unpriced.length).toBeGreaterThan(0)
    for (const model of unpriced) expect(stdout).toContain(model)
  })

  test('has no colours in a pipe, has them when forced, and not with NO_COLOR', async () => {
    expect((await signalbox(folder, ['usage'])).stdout).not.toContain('\u001b')
    expect((await signalbox(folder, ['usage'], { FORCE_COLOR: '1' })).stdout).toContain('\u001b[1m')
    expect((await signalbox(folder, ['usage'], { FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).not.toContain('\u001b')
  })
})

describe('blocks', () => {
  const MINUTE = 60_000
  const iso = (ms: number) => new Date(ms).toISOString()

  /** Calls so many minutes ago, and a reading of the session that is `age` minutes old and says `window`. */
  function stand(minutes: readonly number[], age?: number, window: object = {}) {
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
      const session = { kind: 'session', label: 'Current session', percentUsed: 47, resetsAt, state: 'known', ...window } as const
      ledger.readings.put({
        source: 'statusline',
        machineId: 'laptop',
        capturedAt,
        receivedAt: capturedAt,
        windows: [session],
        isPartial: false,
      })
      ledger.close()
    }
    const blocks = async () => usageReportSchema.strict().parse(JSON.parse((await signalbox(place, ['usage', 'blocks', '--json'])).stdout))
    return { place, resetsAt, start: resetsAt - 300 * MINUTE, blocks }
  }

  test('the window of a fresh reading of this machine is measured: in the table, as JSON and as CSV', async () => {
    const { place, start, resetsAt, blocks } = stand([1000, 180, 120, 20, 1], 3)
    const { rows, totals } = await blocks()
    expect(totals.calls).toBe(5)
    expect(rows.at(-1)).toMatchObject({ start: iso(start), end: iso(resetsAt), calls: 3, measured: true, is_active: true })
    expect(rows.at(-2)).toMatchObject({ end: iso(start), calls: 1, measured: false, is_active: false })
    const table = (await signalbox(place, ['usage', 'blocks'], { COLUMNS: '160' })).stdout
    const at = (ms: number) => iso(ms).slice(0, 16).replace('T', ' ')
    expect(table).toContain(`${at(start)} – ${at(resetsAt).slice(11)} (open, measured)`)
    expect(table).toContain('The open block is measured')
    expect(table).toContain('The other blocks are estimated from the calls')
    const { stdout } = await signalbox(place, ['usage', 'blocks', '--csv'])
    expect(stdout).toContain(`${iso(start)},${iso(resetsAt)},true,false,true,3,`)
    // It is the window of the plan, whatever part of its calls one looks at.
    const since = JSON.parse(
      (await signalbox(place, ['usage', 'blocks', '--json', '--since', iso(resetsAt - MINUTE), '--model', 'nobody'])).stdout,
    )
    expect(since.rows).toMatchObject([{ start: iso(start), calls: 0, measured: true }])
  })

  test.each([
    ['no reading', undefined, {}],
    ['a stale one', 11, {}],
    ['one whose window is over', 9, { resetsAt: Date.now() - MINUTE }],
    ['one without an instant', 1, { resetsAt: undefined, resetsText: 'at noon' }],
    ['one of a session that is idle', 1, { state: 'idle', resetsAt: undefined, percentUsed: 0 }],
  ] as const)('with %s all are estimated', async (_, age, window) => {
    const { place, blocks } = stand([1000, 20, 1], age, window)
    const { rows } = await blocks()
    expect(rows.filter((row) => row.measured)).toEqual([])
    expect(rows.some((row) => row.is_active)).toBe(true)
    const table = (await signalbox(place, ['usage', 'blocks'])).stdout
    expect(table).toContain('(open)')
    expect(table.replaceAll(/\s+/g, ' ')).toContain('Blocks are estimated from the calls')
    expect(table).not.toContain('measured')
  })
})

describe('what was not understood ends with 2 and a line that helps', () => {
  test.each([
    [['usage', 'dayly'], /no usage by "dayly".*daily, weekly/],
    [['usage', '--since', 'yesterdayish'], /--since: "yesterdayish" is not a time/],
    [['usage', '--since', '2026-02-30'], /"2026-02-30" is not a time/],
    [['usage', '--since', '2026-03-02', '--until', '2026-03-01'], /not before/],
    [['usage', '--timezone', 'Mars/Olympus'], /"Mars\/Olympus" is not a time zone/],
    [['usage', '--json', '--csv'], /cannot be used with/],
    [['usage', '--order', 'sideways'], /asc, desc/],
    [['usage', '--jsn'], /unknown option '--jsn'[\s\S]*--json/],
    [['usage', 'daily', 'weekly'], /too many arguments/],
    [['usge'], /unknown command 'usge'[\s\S]*usage/],
    [['keys', 'create'], /a key needs a name/],
    [['up', '--port', '70000'], /0 to 65535/],
  ] as const)('%j', async (args, line) => {
    const { code, stdout, stderr } = await signalbox(folder, args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^signalbox: /)
    expect(stderr).toMatch(line)
    expect(stderr).not.toContain('    at ')
  })
})

describe('what failed ends with 1 and a line that helps', () => {
  test('a wrong setting, every one of them', async () => {
    const { code, stderr } = await signalbox(folder, ['usage'], { TIMEZONE: 'Nowhere', WEEK_START: 'someday' })
    expect(code).toBe(1)
    expect(stderr).toContain('TIMEZONE is "Nowhere"')
    expect(stderr).toContain('WEEK_START is "someday"')
  })

  test('data that cannot be written', async () => {
    const place = tempFolder()
    fs.writeFileSync(path.join(place, 'data'), '')
    const { code, stderr } = await signalbox(place, ['usage'])
    expect(code).toBe(1)
    expect(stderr).toContain('DATA_DIR')
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  test('a price table that is none', async () => {
    const place = tempFolder()
    fs.writeFileSync(path.join(place, 'prices.json'), '{"models": 7}')
    const { code, stderr } = await signalbox(place, ['usage'], { PRICE_TABLE: path.join(place, 'prices.json') })
    expect(code).toBe(1)
    expect(stderr).toMatch(/prices\.json cannot be used: .*PRICE_TABLE/)
  })
})

test('no transcripts: it says what was looked for, where, and what to do', async () => {
  const place = tempFolder()
  const { code, stdout } = await signalbox(place, ['usage'])
  expect(code).toBe(0)
  expect(stdout).toContain('*.jsonl')
  expect(stdout).toContain(path.join(place, 'claude', 'projects'))
  expect(stdout).toContain('CLAUDE_CONFIG_DIR')
  const json = await signalbox(place, ['usage', '--json'])
  expect(usageReportSchema.parse(JSON.parse(json.stdout))).toMatchObject({ rows: [], totals: { calls: 0 } })
})

test('calls are kept when their transcripts are gone', async () => {
  const place = tempFolder()
  writeTranscripts(path.join(place, 'claude'), { calls: 60 })
  const before = await signalbox(place, ['usage', 'daily', '--json'])
  fs.rmSync(path.join(place, 'claude'), { recursive: true })
  const after = await signalbox(place, ['usage', 'daily', '--json'])
  expect(JSON.parse(after.stdout)).toEqual(JSON.parse(before.stdout))
})

test('a reader that has seen enough is not an error', async () => {
  const child = startSignalbox(folder, ['usage', 'hourly', '--json'])
  child.process.stdout?.destroy()
  const { code, stderr } = await child.finished
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

test('help of every command can be read', async () => {
  const { stdout } = await signalbox(folder, ['--help'])
  const names = [...stdout.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name = '']) => name)
  expect(names).toEqual(expect.arrayContaining(['up', 'usage', 'hub', 'collector', 'keys', 'doctor', 'prices', 'demo']))
  const helps = await Promise.all(names.map((name) => signalbox(folder, [name, '--help'])))
  for (const [index, { code, stdout }] of helps.entries()) {
    expect(code).toBe(0)
    expect(stdout).toContain(`Usage: signalbox ${names[index]}`)
  }
})
