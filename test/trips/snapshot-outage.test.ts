import fs from 'node:fs'
import path from 'node:path'
import type { CollectorStatus } from '@signalbox/contract/collector'
import type { CurrentLimits } from '@signalbox/contract/current-limits'
import { openLedger } from '@signalbox/ledger'
import { expect, onTestFinished, test } from 'vitest'
import { startNode } from '../support/child.ts'
import { repositoryRoot } from '../support/repository.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from './box.ts'
import { type HubProcess, startHubProcess } from './hub-process.ts'

const MINUTE = 60_000
const limits = '/api/claude/console-usage'

/** Starts a collector in its own process, without transcripts and without a source of limits. */
function startCollector(folder: string, hub: string, more: Record<string, string> = {}) {
  const child = startNode([path.join(repositoryRoot, 'apps/collector/src/main.ts')], {
    env: {
      DATA_DIR: path.join(folder, 'collector'),
      CLAUDE_CONFIG_DIR: path.join(folder, 'claude'),
      EXTRA_TRANSCRIPT_DIRS: '',
      SIGNALBOX_URL: hub,
      CLAUDE_SYNC_URL: '',
      CLAUDE_SYNC_API_KEY: 'trip',
      SIGNALBOX_API_KEY: '',
      MACHINE_ID: 'laptop',
      LOG_LEVEL: 'info',
      ...more,
    },
  })
  onTestFinished(async () => void (await child.stop('SIGKILL')))
  return child
}

function startHub(dataDir: string, port = '0'): Promise<HubProcess> {
  return startHubProcess({ DATA_DIR: dataDir, PORT: port, INGEST_LIMIT_PER_MINUTE: '1000000', MAX_VERSIONS: '100000' })
}

/** Puts a snapshot into the collector's ledger for each age, in minutes. */
function putSnapshots(folder: string, ages: readonly number[], now: number): void {
  const ledger = openLedger({ dataDir: path.join(folder, 'collector') })
  for (const age of ages) {
    const capturedAt = now - age * MINUTE
    ledger.snapshots.put({
      source: 'console',
      machineId: 'laptop',
      capturedAt,
      receivedAt: capturedAt,
      windows: [{ kind: 'session', label: '5-hour limit', percentUsed: age % 100, resetsAt: capturedAt + 60 * MINUTE, state: 'known' }],
      isPartial: false,
    })
  }
  ledger.close()
}

async function countVersions(hub: HubProcess): Promise<number> {
  const { status, body } = await hub.ask<CurrentLimits>('GET', limits)
  return status === 404 ? 0 : body.versionInfo.total
}

const readStatus = (folder: string) =>
  JSON.parse(fs.readFileSync(path.join(folder, 'collector', 'collector.json'), 'utf8')) as CollectorStatus

/** Lists capture times in the order in which the hub received the snapshots. */
async function listArrivals(hub: HubProcess): Promise<string[]> {
  const found: string[] = []
  for (let after = '0'; ; ) {
    const { body } = await hub.ask<{ id: string; data: { lastUpdated?: string } }[]>(
      'GET',
      `/events?format=json&types=limits.snapshot&limit=500&after=${after}`,
    )
    found.push(...body.flatMap(({ data }) => data.lastUpdated ?? []))
    const last = body.at(-1)
    if (last === undefined) return found
    after = last.id
  }
}

test('after a week without the hub, with hub and collector killed while catching up, every snapshot is stored once and in order', async () => {
  const folder = tempFolder()
  const now = Date.now()
  const ages = Array.from({ length: 240 }, (_, nth) => 9_900 - nth * 40)
  putSnapshots(folder, ages, now)
  let hub = await startHub(path.join(folder, 'hub'))
  const { port } = new URL(hub.url)
  await hub.child.stop('SIGKILL')

  const first = startCollector(folder, hub.url)
  await first.line(/does not accept snapshots now/)
  hub = await startHub(path.join(folder, 'hub'), port)
  await until(
    () => countVersions(hub),
    (total) => total >= 40,
    60_000,
  )
  await hub.child.stop('SIGKILL')
  hub = await startHub(path.join(folder, 'hub'), port)
  await until(
    () => countVersions(hub),
    (total) => total >= 100,
    60_000,
  )
  await first.stop('SIGKILL')
  const second = startCollector(folder, hub.url)
  await until(
    () => countVersions(hub),
    (total) => total >= ages.length,
    60_000,
  )
  await until(
    async () => readStatus(folder).limits?.sync.pending,
    (pending) => pending === 0,
  )
  expect(await countVersions(hub)).toBe(ages.length)
  const arrived = await listArrivals(hub)
  expect(arrived).toEqual(ages.map((age) => new Date(now - age * MINUTE).toISOString()))
  const status = readStatus(folder)
  expect(status.limits?.sync).toMatchObject({ set_aside: 0, failures: 0, last_10: { attempts: 10, success_rate: 1, retries: 0 } })
  expect((await second.stop()).code).toBe(0)
}, 240_000)

test('a hub that was emptied receives the stored snapshots again', async () => {
  const folder = tempFolder()
  putSnapshots(folder, [30, 20, 10], Date.now())
  let hub = await startHub(path.join(folder, 'one'))
  startCollector(folder, hub.url)
  await until(
    () => countVersions(hub),
    (total) => total === 3,
  )
  const { port } = new URL(hub.url)
  await hub.child.stop()
  // The open connection notices the outage; without one, the collector would ask for the store only when its next work comes.
  const failures = async () => readStatus(folder).limits?.contact.failures ?? 0
  await until(failures, (count) => count > 0)
  hub = await startHub(path.join(folder, 'two'), port)
  await until(
    () => countVersions(hub),
    (total) => total === 3,
    60_000,
  )
}, 120_000)

test('without a key, snapshots stay in the collector, which logs that once and counts a failure', async () => {
  const folder = tempFolder()
  putSnapshots(folder, [3], Date.now())
  const hub = await startHub(path.join(folder, 'hub'))
  const child = startCollector(folder, hub.url, { CLAUDE_SYNC_API_KEY: '' })
  await child.line(/snapshots are queued on this machine until this is fixed/)
  const status = await until(
    async () => readStatus(folder).limits?.sync,
    (sync) => (sync?.failures ?? 0) > 0,
  )
  expect(status).toMatchObject({
    pending: 1,
    readings: 0,
    problem: 'API key is missing',
    suggestion: expect.stringContaining('No key is set'),
  })
  expect(child.output().match(/snapshots are queued/g)).toHaveLength(1)
})

test('the hub knows the state of the collector and can request a snapshot over the open connection', async () => {
  const folder = tempFolder()
  const hub = await startHub(path.join(folder, 'hub'))
  startCollector(folder, hub.url, { LIMIT_SOURCES: 'none' })
  const { body: none } = await until(
    () => hub.ask<{ suggestion: string }>('GET', limits),
    ({ body }) => body.suggestion.includes('laptop'),
  )
  expect(none.suggestion).toContain('LIMIT_SOURCES')
  const { status, body } = await hub.ask<{ id: string; machine_id: string }>('POST', `${limits}/trigger`)
  expect([status, body.machine_id]).toEqual([202, 'laptop'])
  const steps = await until(
    async () =>
      (await hub.ask<{ data: { id: string; step: string; message?: string } }[]>('GET', '/events?format=json&types=limits.trigger&after=0'))
        .body,
    (events) => events.some(({ data }) => data.step === 'failed'),
  )
  expect(steps.map(({ data }) => [data.id, data.step])).toEqual(['requested', 'picked_up', 'failed'].map((step) => [body.id, step]))
  expect(steps.at(-1)?.data.message).toContain('LIMIT_SOURCES is none')
})
