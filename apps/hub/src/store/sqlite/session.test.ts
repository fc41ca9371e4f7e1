import { defaultPriceTable } from '@signalbox/usage/price-table'
import { expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../../test/support/temp.ts'
import { openSqliteStore } from './open.ts'

it('a list by id prefix is the same above and below the number of matches that are sorted', async () => {
  const store = openSqliteStore({ folder: tempFolder(), prices: defaultPriceTable() })
  onTestFinished(() => store.close())
  const { db } = store.connection
  const insert = db.prepare(
    `INSERT INTO session (session_id, project_id, machine_id, status, last_heartbeat, due_at, started_at, created_at, updated_at, revision, metadata, history)
     VALUES (?, ?, 'm', ?, ?, NULL, ?, ?, ?, 1, '{}', '{"transitions":[]}')`,
  )
  const all = Array.from({ length: 12_000 }, (_, n) => ({
    session_id: `${n % 2 === 0 ? '019a' : '019b'}${String(n).padStart(4, '0')}-0000-7000-8000-000000000000`,
    project_id: `p${n % 7}`,
    status: n % 3 === 0 ? 'active' : 'completed',
    // In random order, with ties.
    created_at: ((n * 7919) % 5_000) * 1000,
  }))
  db.transaction(() => {
    for (const { session_id, project_id, status, created_at: at } of all) insert.run(session_id, project_id, status, at, at, at, at)
  })()
  const newest = all.toSorted((a, b) => b.created_at - a.created_at || (a.session_id < b.session_id ? -1 : 1))
  for (const [prefix, more] of [
    ['019a', {}],
    ['019A', { statuses: ['active'] }],
    ['019b', { project_id: 'p3', statuses: ['active', 'completed'] }],
    ['019a00', { project_id: 'p3' }],
    ['0', { project_id: 'p9' }],
  ] as const) {
    const { statuses, project_id } = more as { statuses?: readonly ('active' | 'completed')[]; project_id?: string }
    const wanted = newest.filter(
      (one) =>
        one.session_id.startsWith(prefix.toLowerCase()) &&
        (statuses === undefined || (statuses as readonly string[]).includes(one.status)) &&
        (project_id === undefined || one.project_id === project_id),
    )
    const { rows, total } = await store.sessions.list({
      session_id_prefix: prefix,
      statuses,
      project_id,
      order: 'newest',
      limit: 25,
      offset: 3,
    })
    expect([total, rows.map(({ session_id }) => session_id)]).toEqual([
      wanted.length,
      wanted.slice(3, 28).map(({ session_id }) => session_id),
    ])
  }
})
