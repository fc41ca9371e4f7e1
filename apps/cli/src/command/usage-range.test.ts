import { type UsageReport, type UsageRow, usageReportSchema } from '@signalbox/contract/usage'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { realTranscripts } from '../../../../test/support/real-transcripts.ts'
import { makeTempFolder, removeFolder } from '../../../../test/support/temp.ts'
import { runCommand, signalbox } from '../cli.suite.ts'
import { type WrittenCall, writeCalls } from '../usage/written-calls.fixture.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const hours = Array.from({ length: 60 }, (_, nth) => nth * 20)
/** A call every 20 hours for 50 days, two in each session; their outputs differ. */
let folder: string
let now: number
let calls: (WrittenCall & { readonly time: number })[]
beforeAll(async () => {
  folder = makeTempFolder()
  now = Date.now()
  calls = hours.map((hour, nth) => ({
    time: now - hour * HOUR,
    at: new Date(now - hour * HOUR).toISOString(),
    session: `session-${String(Math.floor(nth / 2)).padStart(2, '0')}`,
    output: 1_000 + nth,
  }))
  writeCalls(calls, folder)
  await runCommand(folder, ['usage'])
})
afterAll(() => removeFolder(folder))

async function report(...args: string[]) {
  const { code, stdout, stderr } = await runCommand(folder, ['usage', ...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return usageReportSchema.strict().parse(JSON.parse(stdout))
}

const outputOf = (wanted: (time: number, call: WrittenCall) => boolean) =>
  calls.filter((call) => wanted(call.time, call)).reduce((sum, { output }) => sum + output, 0)
/** The day that began so many days before today, in UTC. */
const dayStart = (daysAgo: number) => Math.floor(now / DAY) * DAY - daysAgo * DAY
const dayText = (ms: number) => new Date(ms).toISOString().slice(0, 10)

describe('--since and --until take words', () => {
  test.each<[string, () => number]>([
    ['today', () => dayStart(0)],
    ['yesterday', () => dayStart(1)],
    ['7d', () => dayStart(6)],
    ['2w', () => dayStart(13)],
    // 1970-01-01 was a Thursday.
    ['monday', () => dayStart((Math.floor(now / DAY) + 3) % 7)],
    [`${new Date().toISOString().slice(0, 7)}`, () => Date.parse(`${new Date(now).toISOString().slice(0, 7)}-01`)],
    ['30h', () => Math.floor(now / 60_000) * 60_000 - 30 * HOUR],
  ])('%s', async (word, start) => {
    expect((await report('-s', word)).totals.output).toBe(outputOf((time) => time >= start()))
    // What is before a span, and what is in it, share no call.
    if (!/^\d+[dwh]$/.test(word)) return
    expect((await report('--until', word)).totals.output).toBe(outputOf((time) => time < start()))
  })

  test('and a month until its last day', async () => {
    const month = new Date(now - 30 * DAY).toISOString().slice(0, 7)
    const { totals, since, until } = await report('--since', month, '--until', month)
    expect(totals.output).toBe(outputOf((time) => new Date(time).toISOString().startsWith(month)))
    expect([since, until?.slice(0, 7)]).toEqual([`${month}-01`, month])
  })

  test.each([
    [['--since', '2026-13'], /--since: "2026-13" is not a time.* Words work too: today, yesterday, monday, 7d/],
    [['--since', 'today', '--until', 'yesterday'], /--since today must be before --until yesterday/],
    [['--last', '0'], /--last.*number from 1/],
    [['--last', '1.5'], /--last.*number from 1/],
    [['--last', '3', '--since', 'today'], /cannot be used with/],
    [['--start-of-week', 'moonday'], /monday, tuesday/],
    [['daily', '--live'], /--live is for blocks\. Run: signalbox usage blocks --live/],
    [['daily', '--active'], /--active is for blocks/],
    [['blocks', '--instances'], /blocks have no --instances/],
    [['blocks', '--live', '--json'], /cannot be used with/],
    [['blocks', '--live', '--refresh-interval', '0'], /from 1 to 3600 seconds/],
    [['--excel', '--json'], /--json' cannot be used with option '--excel'/],
  ] as const)('%j is an error of the command line', async (args, message) => {
    const { code, stdout, stderr } = await runCommand(folder, ['usage', ...args])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })
})

describe('--last', () => {
  test.each([1, 3, 10])('%d days with today', async (count) => {
    const { totals, since } = await report('daily', '--last', String(count))
    expect(since).toBe(dayText(dayStart(count - 1)))
    expect(totals.output).toBe(outputOf((time) => time >= dayStart(count - 1)))
  })

  test('weeks begin where --start-of-week says', async () => {
    for (const [day, offset] of [
      ['monday', 3],
      ['sunday', 4],
      ['Sun', 4],
    ] as const) {
      const start = dayStart((Math.floor(now / DAY) + offset) % 7) - 14 * DAY
      const { totals, since, rows } = await report('weekly', '--last', '3', '-w', day)
      expect(since, day).toBe(dayText(start))
      expect(rows[0]?.week).toBe(dayText(start))
      expect(totals.output).toBe(outputOf((time) => time >= start))
    }
  })

  test('months and hours count the current one', async () => {
    const { since: month } = await report('monthly', '--last', '14')
    const today = new Date(now)
    expect(month).toBe(dayText(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - 13, 1)))
    const { since: hour } = await report('hourly', '--last', '24')
    expect(hour).toBe(new Date(Math.floor(now / HOUR) * HOUR - 23 * HOUR).toISOString())
  })

  test('counts back from --until', async () => {
    const { since, until } = await report('daily', '--last', '2', '--until', dayText(dayStart(10)))
    expect([since, until]).toEqual([dayText(dayStart(11)), dayText(dayStart(10))])
  })

  test('of sessions and blocks are the newest, with exact totals', async () => {
    const sessions = await report('session', '--last', '3')
    expect(sessions.rows.map(({ session }) => session)).toEqual(['session-02', 'session-01', 'session-00'])
    expect(sessions.totals.output).toBe(outputOf((_, { session = '' }) => session <= 'session-02'))
    const some = await report('session', '--last', '2', '--until', dayText(dayStart(20)))
    expect(some.rows).toHaveLength(2)
    expect(some.totals.output).toBe(some.rows.reduce((sum, { output }) => sum + output, 0))
    const blocks = await report('blocks', '--last', '4')
    expect(blocks.rows.filter(({ is_gap }) => !is_gap).map(({ output }) => output)).toEqual([1_003, 1_002, 1_001, 1_000])
    expect(blocks.totals.output).toBe(4_006)
    expect((await report('session', '--last', '500')).totals).toEqual((await report('session')).totals)
  })

  test('of other groups are days', async () => {
    expect((await report('model', '--last', '5')).totals.output).toBe(outputOf((time) => time >= dayStart(4)))
  })
})

test('blocks --active has the active one only, blocks --recent those of three days', async () => {
  expect((await report('blocks', '--active')).rows).toMatchObject([{ is_active: true, output: 1_000 }])
  const { rows } = await report('blocks', '-r')
  const inRange = ({ end = '' }: UsageRow) => Date.parse(end) > dayStart(2)
  expect(rows).toEqual((await report('blocks')).rows.filter(inRange))
  const none = await runCommand(folder, ['usage', 'blocks', '--active', '--until', '2020-01-01'])
  expect(none.stdout).toBe('No block is active: the last call is more than five hours ago.\n')
})

test('calls of the future are not the last ones, and are in reports without a range', async () => {
  const place = makeTempFolder()
  const MINUTE = 60_000
  const ago = [30 * MINUTE, 10 * MINUTE, -90 * MINUTE, -3 * DAY, now - Date.parse('2099-01-01')]
  writeCalls(
    ago.map((one, nth) => ({ at: new Date(now - one).toISOString(), session: `session-${nth}`, output: 10 ** nth })),
    place,
  )
  const read = async (...args: string[]): Promise<UsageReport> => {
    const { stdout } = await runCommand(place, ['usage', ...args, '--json'])
    return JSON.parse(stdout) as UsageReport
  }
  for (const args of [['--active'], ['--last', '1']]) {
    const { rows, totals } = await read('blocks', ...args)
    expect(rows, args.join(' ')).toMatchObject([{ is_active: true, calls: totals.calls }])
    // The block covers five hours from the hour of the first call, so the call in 90 minutes is in it.
    expect(totals.output).toBe(111)
  }
  expect((await read('blocks', '--recent')).totals.output).toBe(111)
  // Around midnight the calls of the last half an hour are of two days.
  for (const group of ['daily', 'weekly', 'monthly', 'model']) {
    const { totals } = await read(group, '--last', '2')
    expect(totals.output, group).toBe(11)
  }
  expect((await read('session', '--last', '9')).totals.output).toBe(11)
  expect((await read('daily')).totals.output).toBe(11_111)
  removeFolder(place)
})

const real = realTranscripts()
test.skipIf(real === undefined)('in a process of its own, a month of real transcripts is exact', async () => {
  const place = makeTempFolder()
  const expected = (month: string) =>
    Object.entries(real!.expected.days)
      .filter(([name]) => name.startsWith(month))
      .reduce((sum, [, { calls, output, read }]) => ({ calls: sum.calls + calls, output: sum.output + output, read: sum.read + read }), {
        calls: 0,
        output: 0,
        read: 0,
      })
  try {
    for (const month of ['2025-06', '2026-01', '2026-02']) {
      const args = ['usage', 'daily', '--since', month, '--until', month, '--json']
      const { stdout, stderr, code } = await signalbox(place, args, { CLAUDE_CONFIG_DIR: real!.folder })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(JSON.parse(stdout).totals).toMatchObject(expected(month))
    }
  } finally {
    removeFolder(place)
  }
})
