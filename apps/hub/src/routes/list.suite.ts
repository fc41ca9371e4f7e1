import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { StateRoutes } from '../../test/state-routes.ts'

/** What the lists of sessions, tasks and machines promise on any store while their rows change. */
export function listSuite(routes: StateRoutes): void {
  const { ask, refused } = routes

  /** Follows `Link: rel=next` from page to page. @param between runs after each page */
  async function walk<Row>(url: string, between: (rows: Row[], pages: number) => Promise<void> = async () => {}): Promise<Row[]> {
    const rows: Row[] = []
    let next: string | undefined = url
    for (let pages = 1; next !== undefined; pages++) {
      const answer = await ask('GET', next)
      expect(answer.statusCode, answer.body).toBe(200)
      const page = answer.json() as Row[]
      rows.push(...page)
      next = /^<([^>]+)>; rel="next"$/.exec((answer.headers.link as string | undefined) ?? '')?.[1]
      await between(page, pages)
    }
    return rows
  }
  const inParallel = async (count: number, work: (n: number) => Promise<unknown>) => {
    for (let n = 0; n < count; n += 25) await Promise.all(Array.from({ length: Math.min(25, count - n) }, (_, k) => work(n + k)))
  }

  describe('a list that is walked by its links', () => {
    it('shows every active session to a client that ends each of them on the way', async () => {
      await inParallel(75, () => routes.fleet.session())
      let ended = 0
      await walk<{ session_id: string }>('/sessions?status=active&limit=30', (page) =>
        inParallel(page.length, async (n) => {
          await routes.fleet.ok('DELETE', `/sessions/${page[n]!.session_id}`)
          ended++
        }),
      )
      expect([ended, (await ask('GET', '/sessions?status=active&limit=1')).headers['x-total-count']]).toEqual([75, '0'])
    }, 240_000)

    it('skips none and repeats none while rows come and go, also of one instant, with and without filters', async () => {
      for (const [url, machine] of [
        ['/sessions?limit=7', 'a'],
        ['/sessions?limit=7&machine_id=b', 'b'],
        ['/sessions?limit=7&machine_id=c&status=active&status=completed', 'c'],
        ['/sessions/by-machine/d?limit=7', 'd'],
        ['/sessions?limit=7&machine_id=e&session_id_prefix=ab', 'e'],
      ] as const) {
        const made: string[] = []
        for (let n = 0; n < 24; n++) {
          // Several share an instant: they are ordered by their ids.
          if (n % 4 === 0) routes.hub.clock.pass(1)
          const session_id = `ab${randomUUID().slice(2)}`
          made.push((await routes.fleet.session({ machine_id: machine, session_id })).session_id)
        }
        const gone: string[] = []
        const shown: string[] = []
        const rows = await walk<{ session_id: string }>(url, async (page, pages) => {
          routes.hub.clock.pass(1)
          await routes.fleet.session({ machine_id: machine })
          shown.push(...page.map(({ session_id }) => session_id))
          if (pages > 3) return
          // A row that was shown disappears, and one that was not.
          for (const id of [page[0]!.session_id, made.find((id) => !shown.includes(id) && !gone.includes(id))!]) {
            gone.push(id)
            await routes.fleet.ok('DELETE', `/sessions/${id}`)
            await routes.fleet.ok('POST', `/sessions/${id}/archive`)
            await routes.fleet.ok('DELETE', `/sessions/${id}/purge?confirm=true`)
          }
        })
        const ids = rows.map(({ session_id }) => session_id)
        expect(new Set(ids).size, url).toBe(ids.length)
        expect(
          made.filter((id) => !gone.includes(id) && !ids.includes(id)),
          url,
        ).toEqual([])
        expect(gone.length, url).toBe(6)
      }
    }, 240_000)

    it('goes through stale sessions once, also those that send a heartbeat meanwhile', async () => {
      const made: string[] = []
      for (let n = 0; n < 12; n++) {
        routes.hub.clock.pass(1000)
        made.push((await routes.fleet.session()).session_id)
      }
      routes.hub.clock.pass(600_000)
      const rows = await walk<{ session_id: string }>('/sessions/stale?limit=5', async (_, pages) => {
        await routes.fleet.heartbeat(made[pages === 1 ? 0 : 11]!)
        routes.hub.clock.pass(400_000)
      })
      // The last one sent a heartbeat before its page came.
      expect(rows.map(({ session_id }) => session_id)).toEqual(made.slice(0, 11))
    })

    it('has tasks, machines and free machines in their order too', async () => {
      const { session_id } = await routes.fleet.session()
      const tasks: string[] = []
      for (let n = 0; n < 9; n++) {
        if (n % 3 === 0) routes.hub.clock.pass(1)
        tasks.push((await routes.fleet.task(session_id)).task_id)
      }
      for (const url of ['/tasks?limit=2', `/tasks?limit=2&session_id=${session_id}`, '/tasks?limit=2&status=pending']) {
        const whole = (await ask('GET', url.replace('limit=2', 'limit=100'))).json() as { task_id: string }[]
        const rows = await walk<{ task_id: string }>(url, async () => {
          routes.hub.clock.pass(1)
          await routes.fleet.task(session_id)
        })
        expect(rows, url).toEqual(whole)
      }
      for (const id of ['b', 'a', 'c', 'ä', 'B', 'box 1']) await routes.fleet.machine(id, id === 'c' ? [1, 2] : [1])
      const ids = async (url: string, between?: () => Promise<void>) =>
        (await walk<{ machine_id: string }>(url, between)).map(({ machine_id }) => machine_id)
      expect(await ids('/machines/available?limit=2')).toEqual(await ids('/machines/available?limit=100'))
      const all = await ids('/machines?limit=100')
      expect(await ids('/machines?limit=2', async () => void (await routes.fleet.heartbeat(session_id)))).toEqual(all)
      let n = 0
      expect(await ids('/machines?limit=2', async () => void (await routes.fleet.machine(`0 before all ${n++}`)))).toEqual(all)
    })

    it('still counts by offset, and refuses a cursor that is none of its own', async () => {
      for (let n = 0; n < 5; n++) await routes.fleet.session()
      const whole = (await ask('GET', '/sessions')).json()
      expect((await ask('GET', '/sessions?limit=2&offset=2')).json()).toEqual(whole.slice(2, 4))
      expect(await walk('/sessions?limit=2&offset=1')).toEqual(whole.slice(1))
      const link = (await ask('GET', '/sessions?limit=2')).headers.link as string
      const cursor = new URLSearchParams(/\?([^>]+)>/.exec(link)![1]).get('cursor')!
      expect(link).not.toContain('offset')
      for (const url of [
        '/sessions?cursor=abc',
        `/sessions?cursor=${cursor}x`,
        `/machines?cursor=${cursor}`,
        `/sessions/stale?cursor=${cursor}`,
        '/sessions?cursor=%00',
      ])
        expect(await refused('GET', url), url).toEqual([400, 'validation_error', expect.stringMatching(/^cursor is no/)])
      expect(await refused('GET', `/sessions?cursor=${cursor}&offset=3`)).toEqual([
        400,
        'validation_error',
        'cursor and offset exclude each other',
      ])
    })
  })
}
