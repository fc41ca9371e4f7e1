import { gzipSync } from 'node:zlib'
import type { Call } from '@signalbox/contract/call'
import { MAX_TOKENS_PER_CALL } from '@signalbox/contract/call-field'
import { type UsageReport, usageReportSchema, usageRowSchema } from '@signalbox/contract/usage'
import { mergeCalls } from '@signalbox/usage/call-merge'
import { buildReport } from '@signalbox/usage/group'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { toSlice } from '@signalbox/usage/slice'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { masterKey, openHub, TestClock, type TestHub } from '../../test/open-hub.ts'
import { someSnapshot, someWindow } from '../../test/snapshot.ts'

const ingest = async (hub: TestHub, machine_id: string, ...calls: Call[]) => {
  const answer = await hub.ask('POST', '/api/usage/calls', { payload: { machine_id, calls } })
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json() as { accepted: number; improved: number; duplicates: number }
}
const report = async (hub: TestHub, query = ''): Promise<UsageReport> => {
  const answer = await hub.ask('GET', `/api/usage${query}`)
  expect(answer.statusCode, answer.body).toBe(200)
  // The hub does not check this large answer against its schema, so the test does.
  return usageReportSchema.extend({ rows: usageRowSchema.strict().array() }).strict().parse(answer.json())
}

describe('POST /api/usage/calls', () => {
  it('answers with counts that add up to the calls sent', async () => {
    const hub = await openHub()
    const [a, b] = [someCall({ output: 1 }), someCall()]
    const answer = await hub.ask('POST', '/api/usage/calls', { payload: { machine_id: 'a', calls: [a, b, { ...a, output: 2 }, b] } })
    expect(answer.json()).toEqual({ success: true, accepted: 2, improved: 1, duplicates: 1, timestamp: '2026-10-06T09:12:00.000Z' })
    expect(await ingest(hub, 'b', a, b)).toMatchObject({ accepted: 0, improved: 0, duplicates: 2 })
    expect((await report(hub)).totals).toMatchObject({ calls: 2, output: 802 })
  })

  it('accepts all calls of a batch or none', async () => {
    const hub = await openHub()
    const answer = await hub.ask('POST', '/api/usage/calls', {
      payload: { machine_id: 'a', calls: [someCall(), { ...someCall(), read: -1 }] },
    })
    expect(answer.statusCode).toBe(400)
    expect((await report(hub)).totals.calls).toBe(0)
  })

  it('takes calls of 2020 to 400 days ahead only, so that no single one makes every report reach far', async () => {
    const hub = await openHub()
    const send = (at: string) =>
      hub.ask('POST', '/api/usage/calls', { payload: { machine_id: 'a', calls: [someCall(), someCall({ at })] } })
    for (const at of ['1970-01-01T00:00:00.000Z', '2019-12-31T23:59:59.999Z', '2027-11-10T09:12:00.001Z', '2099-12-31T23:59:59.999Z']) {
      const answer = await send(at)
      expect(answer.statusCode, at).toBe(400)
      expect(answer.json().details.problems, at).toMatchObject([{ field: 'calls[1].at' }])
    }
    for (const at of ['2020-01-01T00:00:00.000Z', '2027-11-10T09:12:00.000Z']) expect((await send(at)).statusCode, at).toBe(200)
  })

  it('takes any call of those years while the clock of the hub was never set', async () => {
    const hub = await openHub({ clock: new TestClock('1970-01-01T00:00:00.000Z') })
    await ingest(hub, 'a', someCall())
  })

  it('stores calls durably before it answers', async () => {
    const hub = await openHub()
    await ingest(hub, 'a', someCall())
    // Another connection, as after a crash: the first one was never closed.
    const other = await openHub({ folder: hub.folder })
    expect((await report(other)).totals.calls).toBe(1)
  })

  it('counts simultaneous calls of several machines once, for the first machine', async () => {
    const hub = await openHub()
    const calls = Array.from({ length: 30 }, () => someCall())
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => ingest(hub, `m${n}`, ...calls)))
    expect(answers.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(30)
    const { rows } = await report(hub, '?group=machine')
    expect(rows.map(({ machine, calls }) => [machine, calls])).toEqual([['m0', 30]])
  })
})

describe('GET /api/usage', () => {
  it('sums up days of a few new zones a minute, and answers in all of them alike', async () => {
    const hub = await openHub()
    const days = Array.from({ length: 500 }, (_, n) => new Date(Date.parse('2025-01-01T05:30:00.000Z') + n * 86_400_000).toISOString())
    await ingest(hub, 'a', ...days.map((at) => someCall({ at })))
    const offsets = () => hub.store.connection.prepare('SELECT count(*) FROM day_offset').pluck().get() as number
    const zones = [
      'UTC',
      ...Array.from({ length: 12 }, (_, n) => `Etc/GMT+${n + 1}`),
      ...Array.from({ length: 14 }, (_, n) => `Etc/GMT-${n + 1}`),
    ]
    const totals = new Set<number>()
    for (const zone of zones) {
      const { rows, totals: sums } = await report(hub, `?group=day&timezone=${encodeURIComponent(zone)}`)
      totals.add(sums.calls)
      expect(rows, zone).toHaveLength(500)
      expect(offsets(), zone).toBeLessThanOrEqual(6)
    }
    expect([...totals]).toEqual([500])
    hub.clock.pass(61_000)
    await report(hub, `?group=week&timezone=${encodeURIComponent('Etc/GMT+12')}`)
    expect(offsets()).toBe(7)
  })

  it('answers an empty report without calls', async () => {
    const hub = await openHub()
    expect(await report(hub)).toEqual({
      group: 'day',
      timezone: 'UTC',
      rows: [],
      totals: expect.objectContaining({ calls: 0, cost_usd: null, models: [] }),
      unpriced: [],
      price_table: { version: defaultPriceTable().version, date: defaultPriceTable().date },
      last_call_at: null,
    })
  })

  it('groups by every dimension', async () => {
    const hub = await openHub()
    await ingest(
      hub,
      'laptop',
      someCall({ at: '2026-10-05T23:30:00.000Z' }),
      someCall({ cwd: '/other', git_branch: 'x', session_id: 's2' }),
    )
    await ingest(hub, 'box', someCall({ model: 'claude-haiku-4-5' }))
    const keys = async (group: string, more = '') =>
      (await report(hub, `?group=${group}${more}`)).rows.map((row) => row[group as 'day'] ?? row.start)
    expect(await keys('day')).toEqual(['2026-10-05', '2026-10-06'])
    expect(await keys('day', '&timezone=Europe/Berlin')).toEqual(['2026-10-06'])
    expect(await keys('hour')).toEqual(['2026-10-05T23:00:00.000Z', '2026-10-06T09:00:00.000Z'])
    expect(await keys('week')).toEqual(['2026-10-05'])
    expect(await keys('week', '&week_start=tuesday')).toEqual(['2026-09-29', '2026-10-06'])
    expect(await keys('month')).toEqual(['2026-10'])
    expect((await keys('machine')).sort()).toEqual(['box', 'laptop'])
    expect(await keys('agent')).toEqual(['claude-code'])
    expect((await keys('project')).sort()).toEqual(['/home/dev/work', '/other'])
    expect((await keys('branch')).sort()).toEqual(['main', 'x'])
    expect((await keys('session')).sort()).toEqual(['s2', 'session-1'])
    expect((await keys('model')).sort()).toEqual(['claude-haiku-4-5', 'claude-opus-5-5'])
    expect(await keys('block')).toEqual(['2026-10-05T23:00:00.000Z', '2026-10-06T04:00:00.000Z', '2026-10-06T09:00:00.000Z'])
  })

  it('filters, and repeats the requested range', async () => {
    const hub = await openHub()
    await ingest(
      hub,
      'a',
      someCall(),
      someCall({ at: '2026-10-01T00:00:00.000Z', cwd: '/p', git_branch: 'b', session_id: 's', model: 'claude-haiku-4-5' }),
    )
    for (const query of [
      'project=/p',
      'branch=b',
      'session_id=s',
      'model=claude-haiku-4-5',
      'until=2026-10-05',
      'since=2026-10-01&until=2026-10-01',
    ]) {
      const { rows, totals } = await report(hub, `?${query}`)
      expect([rows.length, totals.calls], query).toEqual([1, 1])
    }
    expect((await report(hub, '?machine_id=a')).totals.calls).toBe(2)
    expect((await report(hub, '?machine_id=b')).totals.calls).toBe(0)
    expect(await report(hub, '?since=2026-10-02&until=2026-10-06T09:00:00Z')).toMatchObject({
      since: '2026-10-02',
      until: '2026-10-06T09:00:00Z',
      rows: [],
    })
  })

  it.each(['model', 'project', 'machine', 'branch', 'agent'] as const)(
    'splits every row by %s, into parts that add up to it',
    async (split) => {
      const hub = await openHub()
      await ingest(
        hub,
        'a',
        someCall(),
        someCall({ cwd: '/q', git_branch: 'y', model: 'claude-haiku-4-5' }),
        someCall({ at: '2026-10-02T00:00:00.000Z' }),
      )
      await ingest(hub, 'b', someCall({ cwd: '/q', model: 'claude-mystery', agent: 'codex', unfinished: true }))
      for (const group of ['day', 'hour', 'month', 'project']) {
        const { rows, totals } = await report(hub, `?group=${group}&split=${split}`)
        for (const row of [...rows, totals]) {
          const parts = row.splits!
          expect(new Set(parts.map(({ name }) => name)).size).toBe(parts.length)
          for (const sum of ['calls', 'output', 'total_tokens', 'unpriced_calls', 'unfinished_calls'] as const) {
            expect(parts.reduce((all, part) => all + part[sum], 0)).toBe(row[sum])
          }
          expect(parts.reduce((all, part) => all + (part.cost_usd ?? 0), 0)).toBeCloseTo(row.cost_usd ?? 0, 9)
        }
      }
      expect((await report(hub, '?group=day')).rows[0]).not.toHaveProperty('splits')
    },
  )

  it('filters and groups by agent, and separates what is not itemised from calls', async () => {
    const hub = await openHub()
    const rest = { source: 'cost-state', as_of: '2026-10-06T09:00:00.000Z' }
    await ingest(
      hub,
      'a',
      someCall({ output: 1, unfinished: true }),
      someCall({ output: 2, agent: 'codex', model: 'a-model-of-tomorrow', odd: true, at: '2026-10-01T09:00:00.000Z' }),
      someCall({ ...rest, output: 4 }),
      someCall({ ...rest, output: 8, model: 'another-model-of-tomorrow', cwd: '/p' }),
    )
    const sums = async (query: string) => {
      const { totals, unpriced } = await report(hub, `?${query}`)
      return [totals.calls, totals.output, totals.unfinished_calls, totals.odd_calls, totals.unpriced_calls, unpriced.length]
    }
    // Days are rolled up for ranges of more than three days, and quarters are read for machines with projects.
    for (const more of [
      '',
      '&group=hour',
      '&group=project&machine_id=a',
      '&group=block',
      '&group=session',
      '&since=2026-10-01T08:59:00Z',
    ]) {
      // Blocks are those of Claude's plan, so other agents' calls are in none.
      const isBlock = more === '&group=block'
      expect(await sums(`timezone=UTC${more}`), more).toEqual(isBlock ? [1, 13, 1, 0, 0, 1] : [2, 15, 1, 1, 1, 2])
      expect(await sums(`agent=codex${more}`), more).toEqual([1, 2, 0, 1, 1, 1])
      for (const own of ['', 'claude-code']) expect(await sums(`agent=${own}${more}`), more).toEqual([1, 13, 1, 0, 0, 1])
      expect(await sums(`not_itemised=without${more}`), more).toEqual(isBlock ? [1, 1, 1, 0, 0, 0] : [2, 3, 1, 1, 1, 1])
      expect(await sums(`not_itemised=only${more}`), more).toEqual([0, 12, 0, 0, 0, 1])
      expect(await sums(`not_itemised=only&agent=codex${more}`), more).toEqual([0, 0, 0, 0, 0, 0])
    }
    const agents = await report(hub, '?group=agent')
    expect(agents.rows.map(({ agent, calls, output }) => [agent, calls, output])).toEqual([
      ['claude-code', 1, 13],
      ['codex', 1, 2],
    ])
    for (const agent of ['claude', '(none)']) {
      const { totals, filters } = await report(hub, `?agent=${encodeURIComponent(agent)}`)
      expect([totals.calls, filters?.agent?.names], agent).toEqual([1, ['claude-code']])
    }
    const models = await report(hub, '?group=model&agent=claude-code')
    expect(models.rows.map(({ model, not_itemised, calls, output }) => [model, not_itemised, calls, output])).toEqual([
      ['claude-opus-5-5', true, 0, 4],
      ['claude-opus-5-5', undefined, 1, 1],
      ['another-model-of-tomorrow', true, 0, 8],
    ])
    const csv = await hub.ask('GET', '/api/usage?group=agent&not_itemised=only', { headers: { accept: 'text/csv' } })
    const [names, values] = csv.body.split(/\r?\n/).map((line) => line.split(','))
    expect(['calls', 'output', 'unfinished_calls'].map((name) => values![names!.indexOf(name)])).toEqual(['0', '12', '0'])
    expect((await hub.ask('GET', '/api/usage?not_itemised=maybe')).statusCode).toBe(400)
  })

  it('has at most 10,000 rows, the newest or the most expensive, says how many are left out, and leads on to them', async () => {
    const hub = await openHub()
    const sessions = 10_003
    for (let first = 0; first < sessions; first += 5000) {
      const calls = Array.from({ length: Math.min(5000, sessions - first) }, (_, n) =>
        someCall({
          session_id: `s${first + n}`,
          cwd: `/p${first + n}`,
          at: new Date(Date.UTC(2026, 0, 1) + (first + n) * 1000).toISOString(),
        }),
      )
      await ingest(hub, 'a', ...calls)
    }
    const answer = await hub.ask('GET', '/api/usage?group=session')
    const { rows, left_out, totals } = answer.json() as UsageReport
    expect([rows.length, left_out, totals.calls, answer.headers['x-total-count']]).toEqual([10_000, 3, sessions, String(sessions)])
    expect([rows[0]!.session, rows.at(-1)!.session]).toEqual(['s3', 's10002'])
    const next = await hub.ask('GET', /<(.+)>; rel="next"/.exec(answer.headers.link as string)![1]!)
    expect([(next.json() as UsageReport).rows.map(({ session }) => session), next.headers.link]).toEqual([['s0', 's1', 's2'], undefined])
    expect((await hub.ask('GET', '/api/usage?limit=10001')).statusCode).toBe(400)
    const days = await hub.ask('GET', '/api/usage')
    expect([days.headers['x-total-count'], days.headers.link, 'left_out' in days.json()]).toEqual(['1', undefined, false])
  })

  it.each(['hour', 'day', 'session', 'project', 'model', 'block'] as const)('by %s is walked in pages, each row once', async (group) => {
    const hub = await openHub()
    const calls = Array.from({ length: 12 }, (_, n) =>
      someCall({
        at: new Date(Date.parse('2026-10-05T00:00:00.000Z') + n * 7 * 3_600_000).toISOString(),
        session_id: `s${n % 5}`,
        // Some rows have the same cost and the same tokens.
        cwd: `/p${n % 7}`,
        model: n % 4 === 0 ? `model-${n}` : 'claude-opus-5-5',
      }),
    )
    await ingest(hub, 'a', ...calls)
    const whole = await report(hub, `?group=${group}`)
    const pages: UsageReport[] = []
    for (let url: string | undefined = `/api/usage?group=${group}&limit=2`; url !== undefined; ) {
      const answer: Awaited<ReturnType<TestHub['ask']>> = await hub.ask('GET', url)
      pages.push(answer.json() as UsageReport)
      url = /<(.+)>; rel="next"/.exec((answer.headers.link as string | undefined) ?? '')?.[1]
    }
    const byTime = ['hour', 'day', 'session', 'block'].includes(group)
    expect((byTime ? pages.toReversed() : pages).flatMap(({ rows }) => rows)).toEqual(whole.rows)
    expect(pages.length).toBeGreaterThan(1)
    for (const page of pages) expect(page.totals).toEqual(whole.totals)
    expect(pages.map(({ left_out = 0 }) => left_out).at(-1)).toBe(0)
    const foreign = await hub.ask('GET', `/api/usage?group=week&cursor=${Buffer.from(`["${group}",1,0,1]`).toString('base64url')}`)
    expect([foreign.statusCode, foreign.json().details.field]).toEqual([400, 'cursor'])
  })

  it('names the 1,000 most expensive models of a row, and all others as one', async () => {
    const hub = await openHub()
    await ingest(
      hub,
      'a',
      ...Array.from({ length: 1203 }, (_, n) => someCall({ model: `claude-made-up-${n}`, cwd: `/p${n}`, output: 2000 - n })),
    )
    const { rows, totals, unpriced } = await report(hub, '?split=project')
    for (const { models, splits, calls, total_tokens } of [rows[0]!, totals]) {
      for (const parts of [models, splits!]) {
        expect(parts).toHaveLength(1000)
        expect(parts.at(-1)).toMatchObject({ others: 204, calls: 204 })
        expect(parts.reduce((sum, part) => sum + part.calls, 0)).toBe(calls)
        expect(parts.reduce((sum, part) => sum + part.total_tokens, 0)).toBe(total_tokens)
      }
      expect(models.at(-1)!.model).toBe('(204 others)')
    }
    expect(unpriced).toHaveLength(1000)
    const { modelBreakdown } = (await hub.ask('GET', '/api/claude-usage')).json() as { modelBreakdown: object[] }
    expect(modelBreakdown).toHaveLength(1000)
  })

  it('has the same blocks for every requested range', async () => {
    const hub = await openHub({ clock: undefined as never })
    const at = (hours: number) => new Date(Date.parse('2026-10-05T00:00:00.000Z') + hours * 3_600_000).toISOString()
    await ingest(hub, 'a', ...[0.5, 4, 6, 10.9, 11.1, 30, 33].map((hours) => someCall({ at: at(hours) })))
    const all = (await report(hub, '?group=block')).rows
    expect(all.filter(({ is_gap }) => !is_gap).map(({ start, calls }) => [start, calls])).toEqual([
      [at(0), 2],
      [at(6), 2],
      [at(11), 1],
      [at(30), 2],
    ])
    const late = (await report(hub, `?group=block&since=${at(7)}&until=${at(10.95)}`)).rows
    expect(late).toEqual([all.find(({ start }) => start === at(6))])
    expect(all.at(-1)).toMatchObject({
      is_active: true,
      measured: false,
      end: at(35),
      burn_rate: { tokens_per_minute: expect.any(Number) },
    })
  })

  it('has the window of a fresh snapshot as a measured block, as the Claude card has it', async () => {
    const hub = await openHub()
    await ingest(hub, 'a', ...['04:30:00', '07:39:59', '07:40:23', '09:00:00'].map((time) => someCall({ at: `2026-10-06T${time}.000Z` })))
    await ingest(hub, 'b', someCall({ at: '2026-10-06T08:00:00.000Z' }))
    const blocks = async (query = '') =>
      (await report(hub, `?group=block${query}`)).rows.map(({ start, end, calls, measured, is_active }) => [
        start!.slice(11, 19),
        end!.slice(11, 19),
        calls,
        measured ? 'measured' : 'estimated',
        ...(is_active ? ['open'] : []),
      ])
    const estimated = [
      ['04:00:00', '09:00:00', 4, 'estimated'],
      ['09:00:00', '14:00:00', 1, 'estimated', 'open'],
    ]
    expect(await blocks()).toEqual(estimated)

    // Over the route of collectors, which invalidates the cache of current limits.
    const sendSnapshot = async (minutes: number, currentSession: ReturnType<typeof someWindow>) => {
      const snapshot = someSnapshot(hub.clock.now() - minutes * 60_000, { currentSession })
      expect((await hub.ask('POST', '/api/claude/console-usage', { payload: snapshot })).statusCode).toBe(200)
    }
    await sendSnapshot(1, someWindow(47, Date.parse('2026-10-06T12:40:23.000Z')))
    const measured = ['07:40:23', '12:40:23', 3, 'measured', 'open']
    expect(await blocks()).toEqual([['04:00:00', '07:40:23', 2, 'estimated'], measured])
    expect(await blocks('&since=2026-10-06T07:40:23Z')).toEqual([measured])
    expect(await blocks('&until=2026-10-06T07:00:00Z')).toEqual([['04:00:00', '07:40:23', 2, 'estimated']])
    expect(await blocks('&machine_id=b')).toEqual([['07:40:23', '12:40:23', 1, 'measured', 'open']])
    const { fiveHourWindow } = (await hub.ask('GET', '/api/claude-usage')).json()
    const [open] = (await report(hub, '?group=block&since=2026-10-06T09:00:00Z')).rows
    expect([open?.total_tokens, open?.cost_usd, open?.start, open?.end]).toEqual([
      fiveHourWindow.used,
      fiveHourWindow.cost,
      fiveHourWindow.startedAt,
      fiveHourWindow.resetsAt,
    ])
    const csv = await hub.ask('GET', '/api/usage?group=block', { headers: { accept: 'text/csv' } })
    expect(csv.body).toContain('2026-10-06T07:40:23.000Z,2026-10-06T12:40:23.000Z,true,false,true,3,')

    // The next snapshot counts at once, also for a client with a cached answer.
    await sendSnapshot(0, someWindow(48, Date.parse('2026-10-06T12:40:00.000Z')))
    const again = await hub.ask('GET', '/api/usage?group=block', { headers: { 'if-none-match': '*' } })
    expect([again.statusCode, again.headers.etag]).toEqual([200, undefined])
    expect((again.json() as UsageReport).rows.at(-1)).toMatchObject({ end: '2026-10-06T12:40:00.000Z', measured: true })
    hub.clock.pass(10 * 60_000)
    expect((await blocks()).at(-1)).toContain('measured')
    hub.clock.pass(1)
    expect(await blocks()).toEqual(estimated)
    await sendSnapshot(0, someWindow(0))
    expect(await blocks()).toEqual(estimated)
    expect((await report(hub, '?group=day')).rows).toHaveLength(1)
  })

  it('answers CSV with Accept: text/csv', async () => {
    const hub = await openHub()
    await ingest(hub, 'a', someCall({ cwd: '=cmd()', model: 'claude-mystery' }), someCall({ cwd: 'a,b' }))
    const answer = await hub.ask('GET', '/api/usage?group=project', { headers: { accept: 'text/csv' } })
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(answer.headers['content-disposition']).toBe('attachment; filename="usage-by-project.csv"')
    const [head, ...lines] = answer.body.trimEnd().split('\r\n')
    expect(head).toBe(
      'project,calls,input,output,write_5m,write_1h,read,total_tokens,cost_usd,unpriced_calls,unfinished_calls,odd_calls,first_call_at,last_call_at',
    )
    expect(lines[0]).toMatch(/^"a,b",1,12,800,0,3000,90000,93812,0\.0\d+,0,0,0,2026-10-06T09:00:00.000Z,/)
    expect(lines[1]).toMatch(/^'=cmd\(\),1,12,800,0,3000,90000,93812,,1,/)
    const json = await hub.ask('GET', '/api/usage', { headers: { accept: 'application/json, text/csv;q=0.5' } })
    expect(json.headers['content-type']).toContain('application/json')
    const blocks = await hub.ask('GET', '/api/usage?group=block', { headers: { accept: 'text/csv' } })
    expect(blocks.body).toMatch(/^start,end,is_active,is_gap,measured,calls,/)
  })

  it('changes its ETag with the calls, and answers 304 while it holds', async () => {
    const hub = await openHub()
    await ingest(hub, 'a', someCall())
    const first = await hub.ask('GET', '/api/usage')
    expect(first.headers).toMatchObject({ 'cache-control': 'private, no-cache', etag: expect.stringMatching(/^W\/"/) })
    const ask = (etag: string) => hub.ask('GET', '/api/usage', { headers: { 'if-none-match': etag } })
    const same = await ask(`"other", ${first.headers.etag as string}`)
    expect([same.statusCode, same.body]).toEqual([304, ''])
    expect((await ask('"other"')).statusCode).toBe(200)
    await ingest(hub, 'a', someCall())
    expect((await ask(first.headers.etag as string)).statusCode).toBe(200)
    const block = await hub.ask('GET', '/api/usage?group=block')
    expect(block.headers.etag).toBeUndefined()
  })

  it('is gzipped when it is large and the client accepts it', async () => {
    const hub = await openHub()
    await ingest(hub, 'a', ...Array.from({ length: 20 }, (_, n) => someCall({ session_id: `s${n}` })))
    const plain = await hub.ask('GET', '/api/usage?group=session')
    const zipped = await hub.ask('GET', '/api/usage?group=session', { headers: { 'accept-encoding': 'gzip' } })
    expect(zipped.headers['content-encoding']).toBe('gzip')
    expect(zipped.rawPayload.length).toBeLessThan(plain.rawPayload.length / 3)
  })
})

describe('arbitrary input', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('', '__proto__', 'constructor', '\u0000', '\ud800', "'; DROP TABLE call;--", 'x'.repeat(5000)),
  )
  const tokens = fc.oneof(fc.integer({ min: 0, max: MAX_TOKENS_PER_CALL }), fc.constantFrom(0, MAX_TOKENS_PER_CALL))
  const good = fc.record(
    {
      key: fc.oneof(fc.constantFrom('a:', 'b:', 'c:'), fc.string({ minLength: 1, maxLength: 30 })),
      at: fc
        .date({ min: new Date('2020-01-01T00:00:00.000Z'), max: new Date('2027-11-09T00:00:00.000Z'), noInvalidDate: true })
        .map((date) => date.toISOString()),
      model: fc.constantFrom('claude-opus-5-5', '__proto__', 'claude-mystery'),
      is_sidechain: fc.boolean(),
      input: tokens,
      output: tokens,
      write_5m: tokens,
      write_1h: tokens,
      read: tokens,
      session_id: fc.constantFrom('', 's', '__proto__'),
      cwd: fc.constantFrom('', '/p', 'constructor'),
      web_searches: fc.integer({ min: 0, max: 9 }),
    },
    { requiredKeys: ['key', 'at', 'model', 'is_sidechain', 'input', 'output', 'write_5m', 'write_1h', 'read'] },
  )
  const wild = fc.oneof(
    { weight: 3, arbitrary: good as fc.Arbitrary<unknown> },
    {
      weight: 1,
      arbitrary: fc
        .tuple(good, fc.constantFrom('key', 'at', 'model', 'input', 'is_sidechain', 'more'), fc.jsonValue())
        .map(([call, name, value]) => ({ ...call, [name]: value })),
    },
    { weight: 1, arbitrary: fc.jsonValue() as fc.Arbitrary<unknown> },
  )
  const body = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .record({ machine_id: fc.constantFrom('a', 'b', '__proto__'), calls: fc.array(wild, { maxLength: 6 }) })
        .map((body) => JSON.stringify(body)),
    },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: text },
  )

  it('causes no crash, no 500 and no wrong total', async () => {
    const hub = await openHub()
    const merged = new Map<string, Call>()
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(body, fc.boolean(), async (payload, zip) => {
        const answer = await hub.app.inject({
          method: 'POST',
          url: '/api/usage/calls',
          payload: zip ? gzipSync(payload) : payload,
          headers: {
            authorization: `Bearer ${masterKey}`,
            'content-type': 'application/json',
            ...(zip ? { 'content-encoding': 'gzip' } : {}),
          },
        })
        expect([200, 400]).toContain(answer.statusCode)
        if (answer.statusCode === 400) return
        accepted++
        const { calls } = JSON.parse(payload) as { calls: Call[] }
        for (const call of calls) {
          const known = merged.get(call.key)
          merged.set(call.key, known === undefined ? call : mergeCalls(known, call))
        }
      }),
      { numRuns: 400 },
    )
    expect(accepted).toBeGreaterThan(50)
    const table = defaultPriceTable()
    for (const [group, timezone] of [
      ['month', 'UTC'],
      ['day', 'Europe/Berlin'],
      ['model', 'Asia/Kolkata'],
    ] as const) {
      const expected = buildReport({ group, timezone, table, slices: [...merged.values()].map((call) => toSlice(call, table.thresholds)) })
      expect(await report(hub, `?group=${group}&timezone=${timezone}`)).toEqual(expected)
    }
  })
})

describe('GET /api/usage?group=minute', () => {
  it('has a row for each minute with calls, cut inside the quarter hours', async () => {
    const hub = await openHub()
    await ingest(hub, 'a', ...['08:59:59', '09:01:10', '09:01:50', '09:03:00'].map((time) => someCall({ at: `2026-10-06T${time}.000Z` })))
    const rows = async (query: string) => (await report(hub, `?group=minute&${query}`)).rows.map(({ minute, calls }) => [minute, calls])
    expect(await rows('since=2026-10-06T08:59:00Z')).toEqual([
      ['2026-10-06T08:59:00.000Z', 1],
      ['2026-10-06T09:01:00.000Z', 2],
      ['2026-10-06T09:03:00.000Z', 1],
    ])
    // An instant inside a minute cuts it.
    expect(await rows('since=2026-10-06T09:01:30Z&until=2026-10-06T09:03:00Z')).toEqual([['2026-10-06T09:01:00.000Z', 1]])
  })

  it('is refused without a beginning, and for more than three hours', async () => {
    const hub = await openHub()
    for (const query of ['', '&since=2026-10-06', '&until=2026-10-06', '&since=2026-10-06T06:00:00Z']) {
      const answer = await hub.ask('GET', `/api/usage?group=minute${query}`)
      expect([answer.statusCode, answer.json().details], query).toMatchObject([400, { field: 'since' }])
    }
  })
})
