import { randomUUID } from 'node:crypto'
import type { HubEvent } from '@signalbox/contract/event'
import { buildReport } from '@signalbox/usage/group'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { expect, it } from 'vitest'
import { someAlert, someChannel, someMessage, someNotice, someRule } from '../../../test/alert-rows.ts'
import { someCall } from '../../../test/call.ts'
import { type Fleet, fleetOf } from '../../../test/fleet.ts'
import { openHub, type TestHub } from '../../../test/open-hub.ts'
import { someSnapshot, someWindow } from '../../../test/snapshot.ts'
import { Listening } from '../../state/listening.ts'
import { someBudget } from '../budget.suite.ts'
import type { Change } from '../change.ts'
import type { EventFilter } from '../event.ts'
import type { Idempotency } from '../idempotency.ts'
import type { NewKey } from '../key.ts'
import { someView } from '../saved-view.suite.ts'
import type { Store } from '../store.ts'
import { copyStore } from './copy-store.ts'
import type { Tally } from './tally.ts'

const table = defaultPriceTable()
const DAY = 86_400_000
/** Small enough that each kind has several portions. */
const portionSize = { rows: 15, largeRows: 2, tasks: 3 }

/** The contract of `CopyStore`, for any two stores. @param openFrom and `openTo` return empty stores */
export function copySuite(openFrom: () => Promise<Store>, openTo: () => Promise<Store>): void {
  const start = async () => {
    const [from, to] = [await openFrom(), await openTo()]
    const hub = await openHub({ store: from })
    return { from, to, hub, fleet: fleetOf(hub), copy: () => copyStore({ from, to, now: hub.clock.now(), portionSize }) }
  }

  it('copies everything, and nothing when it is repeated', async () => {
    const { from, to, hub, fleet, copy } = await start()
    const calls = await fill(from, hub, fleet)
    const first = await copy()
    expect(first.remarks).toEqual([])
    expect(first.counts).toMatchObject({
      calls: { added: calls, updated: 0, unchanged: 0 },
      sessions: { added: 6, updated: 0, unchanged: 0 },
      tasks: { added: 5, updated: 0, unchanged: 0 },
      machines: { added: 3, updated: 0, unchanged: 0 },
      keys: { added: 3, updated: 0, unchanged: 0 },
      audit: { added: 40, updated: 0, unchanged: 0 },
      readings: { added: 3, updated: 0, unchanged: 0 },
      plans: { added: 0, updated: 1 },
      collectors: { added: 2, updated: 0, unchanged: 0 },
      alerts: { added: 9, updated: 0, unchanged: 0 },
      answers: { added: 2, updated: 0, unchanged: 0 },
      secret: { added: 1, updated: 0, unchanged: 0 },
    })
    const all = await everything(from, hub.clock.now())
    expect(await everything(to, hub.clock.now())).toEqual(all)
    expect(changes(await copy())).toEqual({})
    expect(await everything(to, hub.clock.now())).toEqual(all)
    await expectReplays(to, hub.clock.now())
  })

  it('adds the audit log to that of a store which has one, once', async () => {
    const { from, to, copy } = await start()
    const entry = (n: number, name: string) => [{ action: 'key.created', key_name: name, details: { n } }, { now: 1_000 + n }] as const
    for (let n = 0; n < 20; n++) await from.audit.append(...entry(n, 'from'))
    for (let n = 0; n < 3; n++) await to.audit.append(...entry(n, 'to'))
    expect((await copy()).counts.audit).toEqual({ added: 20, updated: 0, unchanged: 0, skipped: 0 })
    expect((await copy()).counts.audit).toEqual({ added: 0, updated: 0, unchanged: 20, skipped: 0 })
    await from.audit.append(...entry(20, 'from'))
    expect((await copy()).counts.audit).toMatchObject({ added: 1, unchanged: 20 })
    const rows = await to.audit.page({ limit: 100 })
    expect(rows.filter(({ key_name }) => key_name === 'to')).toHaveLength(3)
    expect(rows.filter(({ key_name }) => key_name === 'from').map(({ details }) => details.n)).toEqual(
      expect.arrayContaining(Array.from({ length: 21 }, (_, n) => n)),
    )
    expect(new Set(rows.map(({ id }) => id)).size).toBe(24)
    // A new entry comes after all of them.
    await to.audit.append(...entry(99, 'to'))
    expect((await to.audit.page({ limit: 1 }))[0]).toMatchObject({ details: { n: 99 } })
  })

  it('knows what was removed from the first store', async () => {
    const { from, to, hub, fleet, copy } = await start()
    const { session_id } = await fleet.session()
    const removedAt = hub.clock.now()
    await fleet.ok('DELETE', `/sessions/${session_id}`)
    await fleet.ok('POST', `/sessions/${session_id}/archive`, {})
    await fleet.ok('DELETE', `/sessions/${session_id}/purge`, { confirm: true })
    expect(await from.sessions.removedUpTo(session_id, 'm', [])).toBe(removedAt)
    await copy()
    expect(await to.sessions.removedUpTo(session_id, 'm', [])).toBe(removedAt)
    expect(await to.sessions.removedUpTo('another', 'm', ['p'])).toBe(Number.NEGATIVE_INFINITY)
  })

  it('copies what has changed since, and slots that have changed sessions', async () => {
    const { from, to, hub, fleet, copy } = await start()
    await fill(from, hub, fleet)
    await copy()
    hub.clock.pass(60_000)
    const slots = (await from.sessions.list({ order: 'newest', limit: 99, offset: 0 })).rows.filter((row) => row.docker_slot !== null)
    expect(slots).toHaveLength(2)
    const [a, b] = slots.map(({ session_id }) => session_id) as [string, string]
    // The two sessions swap their slots.
    const slotOf = (id: string) => slots.find(({ session_id }) => session_id === id)!.docker_slot
    await fleet.ok('POST', '/machines/box/release-session', { session_id: a })
    await fleet.ok('POST', '/machines/box/release-session', { session_id: b })
    await fleet.ok('POST', '/machines/box/assign-session', { session_id: b, docker_slot: slotOf(a) })
    await fleet.ok('POST', '/machines/box/assign-session', { session_id: a, docker_slot: slotOf(b) })
    const other = (await from.sessions.list({ statuses: ['active'], order: 'newest', limit: 99, offset: 0 })).rows.find(
      ({ session_id }) => session_id !== a && session_id !== b,
    )!
    await fleet.ok('POST', `/sessions/${other.session_id}/mark-failed`, { reason: 'out of memory' })
    await fleet.session()
    const known = someCall({ key: 'known:', output: 900 })
    await from.usage.ingest('late', [known, someCall()], { now: hub.clock.now() })
    const at = hub.clock.now()
    await from.limits.put(someSnapshot(at, { account: 'ann', currentSession: someWindow(77, at + 3_600_000) }), { now: at })
    await from.limits.recordCollector(
      { machine: 'laptop', health: { state: 'needs_login', consecutiveFailures: 1 }, asking: 'q' },
      { now: at },
    )
    const [key] = (await from.keys.list({ limit: 1, offset: 0 })).rows
    await from.keys.revoke(key!.key_id, undefined, { now: hub.clock.now() })
    const again = await copy()
    expect(again.remarks).toEqual([])
    expect(changes(again)).toMatchObject({
      calls: { added: 1, updated: 1 },
      sessions: { added: 1, updated: 3 },
      keys: { updated: 1 },
      readings: { added: 1, updated: 0 },
      collectors: { added: 0, updated: 1 },
    })
    expect(await everything(to, hub.clock.now())).toEqual(await everything(from, hub.clock.now()))
    expect(changes(await copy())).toEqual({})
  })

  it('keeps browsers signed in, and signs none in again that was signed out in the target', async () => {
    const { from, to, copy } = await start()
    const at = '2026-10-06T09:12:00.000Z'
    const browser = { key_id: 'k_1', key_name: 'me', created_at: at, last_used_at: at, expires_at: at, address: '::1' }
    for (const sign_in_id of ['a', 'b', 'c']) await from.signIns.create({ ...browser, sign_in_id }, { now: 0 })
    await copy()
    const ids = async (store: Store) => (await store.signIns.list({ limit: 9, offset: 0 })).rows.map(({ sign_in_id }) => sign_in_id)
    expect(await to.signIns.find('a')).toEqual({ ...browser, sign_in_id: 'a' })
    expect(await ids(to)).toEqual(['a', 'b', 'c'])
    await to.signIns.end('b', { now: 0 })
    await copy()
    expect(await ids(to)).toEqual(['a', 'c'])
  })

  it('keeps rows that are newer in the target', async () => {
    const { from, to, hub, fleet, copy } = await start()
    await fill(from, hub, fleet)
    await copy()
    const target = await openHub({ store: to, clock: hub.clock })
    const { ok, machine: _, ...there } = fleetOf(target)
    const live = (await to.sessions.list({ statuses: ['active'], order: 'newest', limit: 99, offset: 0 })).rows
    for (const { session_id } of live) await ok('PUT', `/sessions/${session_id}`, { metadata: { moved: true } })
    await ok('PUT', '/machines/box', { docker_slots: [1, 2, 3, 4, 5] })
    const revoked = (await to.keys.list({ limit: 1, offset: 0 })).rows[0]!.key_id
    await to.keys.revoke(revoked, undefined, { now: hub.clock.now() })
    await to.usage.ingest('a', [someCall({ key: 'known:', output: 5_000 })], { now: hub.clock.now() + 10 })
    await there.session()
    const before = await everything(to, hub.clock.now())
    expect(changes(await copy())).toEqual({})
    expect(await everything(to, hub.clock.now())).toEqual(before)
    // A revoked key stays revoked, however often the source has used it since.
    for (let n = 1; n < 5; n++) await from.keys.touch(revoked, hub.clock.now() + n)
    await copy()
    expect(await to.keys.find(revoked)).toMatchObject({ revoked_at: expect.any(String), last_used_at: expect.any(String) })
    expect(changes(await copy())).toEqual({})
  })

  it('continues after it was aborted', async () => {
    const { from, hub, fleet, to: first } = await start()
    await fill(from, hub, fleet)
    const now = hub.clock.now()
    const wanted = await everything(from, now)
    for (const [portions, to] of [
      [1, first],
      [5, await openTo()],
      [9, await openTo()],
    ] as const) {
      const end = new AbortController()
      let done = 0
      await copyStore({ from, to, now, onProgress: () => ++done === portions && end.abort(), signal: end.signal, portionSize })
      expect(done).toBe(portions)
      await copyStore({ from, to, now })
      expect(await everything(to, now)).toEqual(wanted)
    }
  })

  it('copies what was observed of sessions, and the collectors of machines', async () => {
    const { to, hub, fleet, copy } = await start()
    const session_id = '6a1b24ad-33ab-4b1e-9d9e-0d7d1c5f7c12'
    const observe = (observation_id: string, more: object) => {
      const observation = { observation_id, session_id, source: 'hook', at: '2026-10-06T09:00:00.000Z', project_id: 'p', ...more }
      return fleet.ok('POST', '/sessions/observations', { machine_id: 'laptop', observations: [observation] })
    }
    await observe('a', { alive: true, activity: 'working', fields: { name: 'n', cost_usd: 0.5 }, event: { kind: 'prompt' } })
    const heartbeat = { heartbeat_interval_ms: 15_000, version: '1', started_at: '2026-10-06T08:00:00.000Z', state: 'idle', sessions: [] }
    await fleet.ok('POST', '/machines/laptop/collector', heartbeat)
    await copy()
    await observe('b', { event: { kind: 'turn-ended' }, activity: 'idle', at: '2026-10-06T09:01:00.000Z' })
    await copy()
    expect(changes(await copy())).toEqual({})
    const target = fleetOf(await openHub({ store: to, clock: hub.clock }))
    for (const url of [
      `/sessions/${session_id}`,
      `/sessions/${session_id}/sources`,
      `/sessions/${session_id}/timeline`,
      '/machines/laptop',
    ]) {
      expect(await target.ok('GET', url)).toEqual(await fleet.ok('GET', url))
    }
    expect(await target.ok('GET', `/sessions/${session_id}/timeline`)).toContainEqual(
      expect.objectContaining({ type: 'observed.turn-ended', at: '2026-10-06T09:01:00.000Z' }),
    )
  })

  it('copies a session without its slot while another one holds it, with a remark', async () => {
    const { to, hub, fleet, copy } = await start()
    await fleet.machine('box', [1, 2])
    const session = await fleet.session({ machine_id: 'box', docker_slot: 1 })
    const target = fleetOf(await openHub({ store: to, clock: hub.clock }))
    await target.machine('box', [1, 2])
    const holder = await target.session({ machine_id: 'box', docker_slot: 1 })
    for (const added of [1, 0]) {
      const tally = await copy()
      expect(tally.of('sessions')).toMatchObject({ added, updated: 0 })
      expect(tally.remarks).toEqual([
        {
          noun: 'sessions',
          reason: expect.stringContaining('without its slot'),
          skipped: false,
          count: 1,
          ids: [`${session.session_id} (slot 1 of box)`],
        },
      ])
      expect((await target.read(session.session_id)).docker_slot).toBeUndefined()
    }
    await target.ok('POST', '/machines/box/release-session', { session_id: holder.session_id })
    expect((await copy()).remarks).toEqual([])
    expect((await target.read(session.session_id)).docker_slot).toBe(1)
    expect(changes(await copy())).toEqual({})
  })

  it('appends to a log that has grown, each event once, in both directions', async () => {
    const { from, to, hub, copy } = await start()
    const publish = async (store: Store, count: number) => {
      for (let n = 0; n < count; n++) {
        hub.clock.pass(1000)
        await store.usage.ingest('a', [someCall()], { now: hub.clock.now() })
      }
    }
    await publish(to, 3)
    await publish(from, 5)
    expect((await copy()).of('events')).toMatchObject({ added: 5, unchanged: 0 })
    const log = async (store: Store) => (await store.events.page({ after: 0, limit: 99 })).map(({ at }) => at)
    expect(new Set(await log(to)).size).toBe(8)
    await publish(to, 1)
    await publish(from, 2)
    expect((await copy()).of('events')).toMatchObject({ added: 2, unchanged: 5 })
    expect((await copy()).of('events')).toMatchObject({ added: 0, unchanged: 7 })
    const back = () => copyStore({ from: to, to: from, now: hub.clock.now() })
    expect((await back()).of('events')).toMatchObject({ added: 4, unchanged: 7 })
    expect((await back()).of('events')).toMatchObject({ added: 0, unchanged: 11 })
    expect((await copy()).of('events')).toMatchObject({ added: 0, unchanged: 11 })
    expect((await log(from)).sort()).toEqual((await log(to)).sort())
    // The next event is the last one, in both.
    for (const store of [from, to]) {
      const { last } = await store.events.bounds()
      await publish(store, 1)
      expect((await store.events.latest({ limit: 1 }))[0]!.id).toBe(last + 1)
    }
  })

  it('continues the ids of a log whose events were removed, and skips expired events', async () => {
    const { from, to, hub, copy } = await start()
    const now = hub.clock.now()
    await from.usage.ingest('a', [someCall()], { now: now - 31 * DAY })
    await from.usage.ingest('a', [someCall()], { now })
    const tally = await copy()
    expect(tally.of('events')).toMatchObject({ added: 1, skipped: 1 })
    expect(tally.remarks).toMatchObject([{ noun: 'events', skipped: true, count: 1 }])
    expect(await to.events.bounds()).toEqual({ first: 2, last: 2 })
    await from.sweep(now + 31 * DAY)
    const empty = await openTo()
    await copyStore({ from, to: empty, now })
    expect(await empty.events.bounds()).toEqual({ first: 0, last: 2 })
    await empty.usage.ingest('a', [someCall()], { now })
    expect(await empty.events.bounds()).toEqual({ first: 3, last: 3 })
  })

  it('publishes nothing but the events that it adds to the log', async () => {
    const { from, to, hub, fleet, copy } = await start()
    await fill(from, hub, fleet)
    const received: HubEvent[] = []
    to.events.listen((events) => received.push(...events))
    await copy()
    expect(await to.events.bounds()).toEqual(await from.events.bounds())
    expect((await to.usage.state()).lastIngestAt).toBe((await from.usage.state()).lastIngestAt)
    expect(received.map(({ id }) => id)).toEqual([...new Set(received.map(({ id }) => id))])
  })

  it('keeps the secret of a store that has keys', async () => {
    const { from, to, hub, fleet, copy } = await start()
    await fill(from, hub, fleet)
    await makeKey(to, 'mine', hub.clock.now())
    const own = await to.keys.cookieSecret()
    expect((await copy()).remarks).toMatchObject([{ noun: 'secret', skipped: true }])
    expect(await to.keys.cookieSecret()).toBe(own)
    // The secret of a store without keys is replaced.
    const empty = await openTo()
    await empty.keys.cookieSecret()
    expect((await copyStore({ from, to: empty, now: hub.clock.now() })).of('secret').updated).toBe(1)
    expect(await empty.keys.cookieSecret()).toBe(await from.keys.cookieSecret())
  })

  it('keeps the ids of tasks and the hashes of keys to one owner', async () => {
    const { from, to, hub, fleet, copy } = await start()
    const target = fleetOf(await openHub({ store: to, clock: hub.clock }))
    const [mine, theirs] = [await fleet.session(), await target.session()]
    const task = await target.task(theirs.session_id)
    await fleet.task(mine.session_id, { task_id: task.task_id })
    await fleet.task(mine.session_id)
    const key = { prefix: 'sbx_same', name: 'n', scopes: ['read' as const] }
    await from.keys.create({ ...key, key_id: 'k_1' }, 'hash', { now: hub.clock.now() })
    await to.keys.create({ ...key, key_id: 'k_2' }, 'hash', { now: hub.clock.now() })
    for (const added of [1, 0]) {
      const tally = await copy()
      expect(tally.of('tasks')).toMatchObject({ added, skipped: 1 })
      expect(tally.of('keys')).toMatchObject({ added: 0, skipped: 1 })
    }
    expect(await to.tasks.find(task.task_id)).toMatchObject({ session_id: theirs.session_id })
    expect(await to.tasks.ofSession(mine.session_id)).toHaveLength(1)
  })
}

function makeKey(store: Store, name: string, now: number, more: Partial<NewKey> = {}) {
  const id = `k_${randomUUID().slice(0, 12).replaceAll('-', '')}`
  return store.keys.create({ key_id: id, name, prefix: `sbx_${id.slice(2, 6)}`, scopes: ['read'], ...more }, `hash of ${id}`, { now })
}

/** Fills a store with some of everything. @param callCount the number of calls, several in each quarter hour @returns the number of calls */
async function fill(store: Store, hub: TestHub, fleet: Fleet, callCount = 40): Promise<number> {
  const { clock } = hub
  await fleet.machine('box', [1, 2, 3])
  await fleet.machine('büro/"é"', [7])
  for (const docker_slot of [1, 2]) await fleet.session({ machine_id: 'box', docker_slot, metadata: { slot: docker_slot, 'a.b': '$x' } })
  clock.pass(1000)
  const busy = await fleet.session({ project_id: 'q', heartbeat_interval_ms: 10_000 })
  const [one, two, three] = [await fleet.task(busy.session_id), await fleet.task(busy.session_id), await fleet.task(busy.session_id)]
  await fleet.ok('POST', `/tasks/${one.task_id}/start`, {})
  await fleet.ok('POST', `/tasks/${one.task_id}/complete`, {})
  await fleet.ok('POST', `/tasks/${two.task_id}/start`, {})
  await fleet.ok('POST', `/tasks/${three.task_id}/fail`, { error_message: 'no' })
  clock.pass(1000)
  await fleet.heartbeat(busy.session_id, { activity: 'waiting', waiting_for: 'permission' })
  const failed = await fleet.session()
  await fleet.task(failed.session_id)
  await fleet.ok('POST', `/sessions/${failed.session_id}/mark-failed`, { reason: 'it broke', error_details: 'deeply' })
  const done = await fleet.session()
  await fleet.task(done.session_id)
  await fleet.ok('PUT', `/sessions/${done.session_id}`, { status: 'completed' })
  await hub.ask('POST', '/sessions', {
    payload: { session_id: '6a1b24ad-33ab-4b1e-9d9e-0d7d1c5f7c11', project_id: 'p', machine_id: 'm' },
    headers: { 'idempotency-key': 'a key' },
  })
  const made = [await makeKey(store, 'laptop', clock.now()), await makeKey(store, 'büro', clock.now() + 1)]
  await store.keys.touch(made[0]!.key_id, clock.now() + 2)
  await store.keys.revoke(made[1]!.key_id, undefined, { now: clock.now() + 3 })
  await makeKey(store, 'third', clock.now() + 4, { expires_at: new Date(clock.now() + DAY).toISOString(), idle_days: 1, machine_id: 'box' })
  const folders = ['/home/dev/work', 'W:\\"é"'].map((folder) => ({
    folder,
    project: 'github.com/acme/work',
    root: folder,
    seen: 'git' as const,
  }))
  await store.folders.put('box', folders, { now: clock.now() })
  await store.budgets.put(someBudget(), { now: clock.now() })
  await store.savedViews.put(someView(), { now: clock.now() })
  const calls = [someCall({ key: 'known:', output: 1 })]
  for (let n = 0; n < callCount; n++) {
    calls.push(
      someCall({
        at: new Date(Date.parse('2026-09-20T00:00:00.000Z') + Math.floor(n / 12) * 5 * 3_600_000 + n * 1000).toISOString(),
        model: ['claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-mystery'][n % 3]!,
        session_id: `s${n % 40}`,
        ...(n % 4 === 0 ? { cwd: '' } : { cwd: `/home/dev/${n % 5}` }),
        read: n % 2 === 0 ? 90_000 : 300_000,
        ...(n % 7 === 0 ? { web_searches: 2, speed: 'fast', service_tier: 'batch', inference_geo: 'us', agent_id: 'a' } : {}),
      }),
    )
  }
  const { git_branch: _, session_id: __, version: ___, ...bare } = someCall({ key: '"quoted" \0 key:' })
  calls.push(bare)
  await store.usage.ingest('a', calls.slice(0, callCount / 2), { now: clock.now() })
  await store.usage.ingest('b', calls.slice(callCount / 3), { now: clock.now() + 5 })
  await store.usage.ingest('a', [], { now: clock.now() + 5, idempotency: newIdempotency('kept') })
  for (let n = 0; n < 40; n++) {
    const caller = n % 2 === 0 ? {} : { key_id: `k_${n}`, key_name: 'büro "é"', address: '10.0.0.7' }
    await store.audit.append(
      { action: n % 3 === 0 ? 'sign_in.refused' : 'key.created', ...caller, details: { n, deep: { a: [1, '\0'] } } },
      { now: clock.now() + (n >> 2) },
    )
  }
  await addAlerts(store, clock.now())
  await store.keys.cookieSecret()
  await addSnapshots(store, clock.now())
  return calls.length
}

/** Adds snapshots of two accounts, one of which has more in its thinned series than in its versions. */
async function addSnapshots(store: Store, now: number): Promise<void> {
  const { limits } = store
  const weekly = { allModels: someWindow(17, now + DAY), fableOnly: someWindow(4, now + DAY, { label: 'Fable only' }) }
  for (const hours of [60, 30, 29.9, 1]) {
    const at = now - hours * 3_600_000
    await limits.put(someSnapshot(at, { account: 'ann', weeklyLimits: weekly }), { now })
  }
  await limits.retain('ann', { versions: 1, days: 2 }, now)
  await limits.retain('ann', { versions: 2, days: 1 }, now)
  const plain = someSnapshot(now, { machine_id: 'büro/"é"', source: 'statusline', collector: { state: 'ok', consecutiveFailures: 0 } })
  await limits.put(plain, { now })
  await limits.nameAccount('ann', 'Ann', { now })
  await limits.recordCollector({ machine: 'laptop', account: 'ann', health: { state: 'ok', consecutiveFailures: 0 }, asking: 'q' }, { now })
}

function newIdempotency(key: string, change: Partial<Idempotency> = {}): Idempotency {
  return { owner: 'owner', key, fingerprint: 'print', replayed: false, ...change }
}

/** Expects copied results to be returned for repeated requests. */
async function expectReplays(store: Store, now: number): Promise<void> {
  const again: Change & { idempotency: Idempotency } = { now, idempotency: newIdempotency('kept') }
  expect(await store.usage.ingest('a', [someCall()], again)).toEqual({ accepted: 0, improved: 0, duplicates: 0 })
  expect(again.idempotency.replayed).toBe(true)
  await expect(store.usage.ingest('a', [], { now, idempotency: newIdempotency('kept', { fingerprint: 'other' }) })).rejects.toMatchObject({
    code: 'conflict',
  })
  const target = await openHub({ store })
  const answer = await target.ask('POST', '/sessions', {
    payload: { session_id: '6a1b24ad-33ab-4b1e-9d9e-0d7d1c5f7c11', project_id: 'p', machine_id: 'm' },
    headers: { 'idempotency-key': 'a key' },
  })
  expect([answer.statusCode, answer.headers['idempotent-replayed']]).toEqual([201, 'true'])
}

/** The counts that are not zero, without unchanged rows. */
function changes(tally: Tally): Record<string, unknown> {
  const counts = Object.entries(tally.counts).map(([noun, { added, updated, skipped }]) => [noun, { added, updated, skipped }] as const)
  return Object.fromEntries(counts.filter(([, { added, updated, skipped }]) => added + updated + skipped > 0))
}

/** The results of every query of a store. */
/** A row of each table of alerts; secrets are sealed. */
async function addAlerts({ alerts }: Store, now: number): Promise<void> {
  const change = { now }
  await alerts.putRule(someRule(), change)
  await alerts.putRule(someRule({ name: 'changed', revision: 2 }), change)
  await alerts.putChannel(someChannel({ config: 's1.sealed "text"' }), change)
  const closed = someAlert({ alert_id: 'closed', state: 'closed', closed_at: now })
  await alerts.write(
    [someAlert({ subject: '"s" \u{1f4bb}' }), closed].map((alert) => ({ alert, events: [] })),
    change,
  )
  await alerts.addNotices([someNotice('n1'), someNotice('n2', { state: 'dropped', reason: 'why "not"' })])
  await alerts.putMessage(someMessage('m1'))
  await alerts.putSubscription({ subscription_id: 'f'.repeat(64), target: 'sealed', browser: 'Firefox', created_at: now }, change)
  await alerts.putMark('vapid', { value: { publicKey: 'p', sealed: 's' }, revision: 1 })
  await alerts.putMark('lease', { value: { holder: 'h', until: now }, revision: 1 })
}

async function alertsOf({ alerts }: Store): Promise<unknown> {
  return [
    await alerts.rules(),
    await alerts.channels(),
    (await alerts.list({ states: ['open', 'closed'], limit: 99, offset: 0 })).rows,
    await alerts.open(),
    await alerts.noticesOf('a', 99),
    await alerts.messages('c', { limit: 99, offset: 0 }),
    await alerts.subscriptions(),
    await alerts.mark('vapid'),
  ]
}

async function everything(store: Store, now: number): Promise<Record<string, unknown>> {
  const all = { limit: 10_000, offset: 0 }
  const listening = new Listening()
  const sessions = (await store.sessions.list({ ...all, order: 'newest' })).rows
  const tasks = await store.tasks.list(all)
  const machines = await store.machines.list(all)
  const keys = await store.keys.list(all)
  const ids = machines.rows.map(({ machine_id }) => machine_id)
  return {
    audit: await store.audit.page({ limit: 1000 }),
    usage: await usageOf(store, now),
    folders: (await store.folders.all()).sort((a, b) => (a.folder < b.folder ? -1 : 1)),
    budgets: await store.budgets.list(),
    savedViews: await store.savedViews.list(),
    sessions,
    heartbeats: await store.sessions.list({ ...all, order: 'oldest heartbeat', heartbeatBefore: now, project_id: 'p' }),
    some: await store.sessions.list({ limit: 2, offset: 1, order: 'newest', statuses: ['active', 'failed'], machine_id: 'm' }),
    found: await Promise.all(sessions.map(({ session_id }) => store.sessions.find(session_id))),
    counts: [
      await store.sessions.counts({}),
      await store.sessions.counts({ machine_id: 'm' }),
      await store.sessions.counts({ project_id: 'q' }),
    ],
    due: (await store.sessions.due({ now: now + DAY, listening, limit: 99 })).sort(),
    overdue: await store.sessions.countOverdue({ now: now + 100_000, listening }),
    stalled: (await store.sessions.stalledTooLong({ now: now + DAY, failAfterMs: 1000, listening, limit: 99 })).sort(),
    future: (await store.sessions.heartbeatsInFuture(0, 99)).sort(),
    ended: await store.sessions.ended({ statuses: ['failed', 'completed'], before: now + DAY, limit: 99 }),
    countEnded: sorted(await store.sessions.countEnded({ statuses: ['failed', 'completed'], before: now + DAY })),
    tasks,
    tasksOf: await Promise.all(sessions.map(({ session_id }) => store.tasks.ofSession(session_id))),
    task: await Promise.all(tasks.rows.map(({ task_id }) => store.tasks.find(task_id))),
    machines,
    available: await store.machines.available(all),
    sessionsOf: await store.machines.sessionsOf(ids),
    machine: await Promise.all(ids.map((id) => store.machines.find(id))),
    machinesDue: (await store.machines.due({ now: now + DAY, listening, limit: 99 })).sort(),
    keys,
    byPrefix: await Promise.all(keys.rows.map(({ prefix }) => store.keys.findByPrefix(prefix))),
    usable: [await store.keys.any(), await store.keys.anyUsable(now)],
    secret: await store.keys.cookieSecret(),
    events: await eventsOf(store),
    limits: await limitsOf(store),
    alerts: await alertsOf(store),
  }
}

async function limitsOf({ limits }: Store): Promise<unknown> {
  const versions: unknown[] = []
  for await (const piece of limits.snapshots()) versions.push(...piece)
  const accounts = await limits.accounts()
  const names = accounts.map(({ account }) => account)
  const series = await limits.days({ accounts: names, from: 0, to: 100_000 })
  return {
    versions,
    accounts,
    metadata: await limits.metadata(),
    heads: sorted(await limits.heads(names)),
    series: sorted(series.map(({ hours, ...day }) => ({ ...day, hours: Buffer.from(hours).toString('hex') }))),
    windows: sorted(await limits.windows(names)),
    // The connection of a collector is not copied.
    collectors: (await limits.collectors()).map(({ askedAt: _, ...collector }) => collector),
  }
}

async function usageOf(store: Store, now: number): Promise<unknown> {
  const reports: unknown[] = []
  const groups = ['day', 'hour', 'model', 'machine', 'project', 'branch', 'session', 'block'] as const
  for (const timezone of ['UTC', 'Asia/Kathmandu', 'America/St_Johns']) {
    // Only these depend on the time zone.
    for (const group of timezone === 'UTC' ? groups : (['day', 'hour'] as const)) {
      const named = group === 'machine' || group === 'project' || group === 'branch' || group === 'session'
      const slices = await store.usage.slices({
        filter: {},
        keep: named ? [group] : [],
        daysOf: group === 'hour' || group === 'session' || group === 'block' ? undefined : timezone,
        now,
      })
      reports.push(buildReport({ group, timezone, table, slices }))
    }
  }
  return {
    reports,
    sessions: [await store.usage.countSessions({ filter: {} }), await store.usage.countSessions({ filter: { machine: 'a' } })],
    block: await store.usage.blockStart(Date.parse('2026-09-21T03:00:00.000Z'), {}),
    last: [await store.usage.lastCallAt({}), await store.usage.lastCallAt({ project: '/home/dev/1' })],
    at: (await store.usage.state()).lastIngestAt,
  }
}

async function eventsOf({ events }: Store): Promise<unknown> {
  const filters: EventFilter[] = [{}, { machine_id: 'box' }, { project_id: 'q' }, { types: ['session.status', 'usage.updated'] }]
  return {
    bounds: await events.bounds(),
    pages: await Promise.all(filters.map((filter) => events.page({ ...filter, after: 2, limit: 500 }))),
    latest: await Promise.all(filters.map((filter) => events.latest({ ...filter, limit: 3 }))),
  }
}

function sorted<T>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}
