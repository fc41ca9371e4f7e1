import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../../../test/support/temp.ts'
import { someCall } from '../../../../hub/test/call.ts'
import { TestClock } from '../../../../hub/test/open-hub.ts'
import { someSnapshot } from '../../../../hub/test/snapshot.ts'
import { openHubFixture } from '../../hub.suite.ts'
import type { Finding } from '../check.ts'
import type { ChecklistContext } from './checklist.ts'
import { hub as hubItem } from './daily.ts'
import { HubMetrics } from './hub-metrics.ts'

const DAY = 86_400_000

interface Report {
  ok: boolean
  findings: { about: string; state: string; text: string; advice?: string }[]
}

test('the checklists say with numbers how the hub is, and what to do about what is wrong', async () => {
  const { hub, client, json, run } = await openHubFixture({ clock: new TestClock(new Date(Date.now() - 200 * DAY).toISOString()) })
  await client.createKey({ name: 'nightly', scopes: ['read'] })
  hub.clock.pass(200 * DAY)
  await hub.monitor.check()
  await client.createSession({ project_id: 'shop', machine_id: 'laptop' })
  await hub.ask('POST', '/api/claude/console-usage', { payload: someSnapshot(hub.clock.now()) })
  const call = someCall({ at: new Date(hub.clock.now()).toISOString(), model: 'claude-without-price' })
  await hub.ask('POST', '/api/usage/calls', { payload: { machine_id: 'laptop', calls: [call] } })

  const daily = await json<Report>(['doctor', '--daily'])
  expect(daily.findings.map(({ about, state }) => `${about} ${state}`)).toEqual(['Hub ok', 'Sessions ok', 'Collectors ok', 'Alerts ok'])
  expect(daily.findings[1]?.text).toBe('1 active, 0 waiting for a person, 0 stalled, 0 failed')
  expect(daily.findings[2]?.text).toMatch(/^0 connected, 0 behind, 0 silent; newest snapshot of the plan limits \d+ s old$/)

  const weekly = JSON.parse((await run(['doctor', '--weekly', '--json'])).stdout) as Report
  expect(weekly.ok).toBe(false)
  expect(weekly.findings[0]).toMatchObject({ about: 'Backup', state: 'fail', advice: expect.stringContaining('signalbox backup') })
  expect(weekly.findings[2]?.text).toMatch(/^0 of \d+ failed in the hub since its start, 0%$/)
  const backups = tempFolder()
  fs.mkdirSync(path.join(backups, 'one'))
  fs.writeFileSync(
    path.join(backups, 'one/manifest.json'),
    JSON.stringify({ made_at: new Date(hub.clock.now() - 3_600_000).toISOString() }),
  )
  const found = await json<Report>(['doctor', '--weekly', '--backups', backups])
  expect(found.findings[0]).toMatchObject({ about: 'Backup', state: 'ok', text: expect.stringMatching(/one, 1 h( \d+ min)? old$/) })

  const monthly = await json<Report>(['doctor', '--monthly'])
  expect(monthly.findings.map(({ about, state }) => `${about} ${state}`)).toEqual([
    'Keys warn',
    'Browsers ok',
    'Database ok',
    'Prices warn',
  ])
  expect(monthly.findings[3]?.text).toBe('no price for claude-without-price')
  expect(monthly.findings[0]?.text).toMatch(/^1 key, 1 without use/)
  const quarterly = JSON.parse((await run(['doctor', '--quarterly', '--json'])).stdout) as Report
  expect(quarterly.findings.map(({ about, state }) => `${about} ${state}`)).toEqual(['Restore fail', 'Keys warn', 'Old sessions ok'])
  expect(quarterly.findings[1]?.text).toBe('1 of 1 key older than 180 d: nightly')
})

test('every key counts, not only those of the first page of the list', async () => {
  const { client, json } = await openHubFixture()
  for (let nth = 0; nth < 23; nth++) await client.createKey({ name: `key ${nth}`, scopes: ['read'] })
  const { findings } = await json<Report>(['doctor', '--monthly'])
  expect(findings[0]?.text).toBe('23 keys, 0 without use for 30 days')
})

test('one checklist at a time', async () => {
  const { run } = await openHubFixture()
  const { code, stderr } = await run(['doctor', '--daily', '--weekly'])
  expect([code, stderr]).toEqual([2, expect.stringContaining('one checklist at a time')])
})

test('the certificate of the hub is warned of two weeks before it ends, and fails after', () => {
  const now = Date.parse('2026-12-01T12:00:00Z')
  const examine = (days: number) => {
    const end = now / 1000 + days * 86_400
    const metrics = new HubMetrics(
      `signalbox_store_up 1\nsignalbox_monitor_check_age_seconds 1\nsignalbox_certificate_expiry_timestamp_seconds ${end}\n`,
    )
    return hubItem.examine({ metrics, now } as ChecklistContext, 'Hub') as Finding
  }
  expect(examine(30)).toMatchObject({ state: 'ok', text: 'database and monitor work, certificate ends in 30 d' })
  expect(examine(13)).toMatchObject({ state: 'warn', advice: expect.stringContaining('SIGHUP') })
  expect(examine(-1)).toMatchObject({ state: 'fail', text: expect.stringContaining('certificate ended 1 d ago') })
})
