import { expect, it } from 'vitest'
import type { SavedViewRecord } from './saved-view.ts'
import type { Store } from './store.ts'

const now = Date.parse('2026-10-06T09:12:00.000Z')
const change = { now }

export const someView = (more: Partial<SavedViewRecord> = {}): SavedViewRecord => ({
  view_id: 'v',
  screen: 'usage',
  name: 'Shop "and" \u{1f4bb}',
  search: 'range=month&project=a%26b',
  created_at: now,
  updated_at: now,
  revision: 1,
  ...more,
})

/** The contract of `SavedViewStore`, for any store. */
export function savedViewSuite(open: () => Promise<Store>): void {
  it('are kept, change only from the revision before, and are removed', async () => {
    const { savedViews } = await open()
    expect([await savedViews.put(someView(), change), await savedViews.put(someView({ name: 'another' }), change)]).toEqual([true, false])
    expect(await savedViews.find('v')).toEqual(someView())
    const renamed = someView({ name: 'Shop', revision: 2 })
    // Of two that change the same revision, one does.
    expect((await Promise.all([savedViews.put(renamed, change), savedViews.put(renamed, change)])).sort()).toEqual([false, true])
    expect(await savedViews.list()).toEqual([renamed])
    expect([await savedViews.remove('v', change), await savedViews.remove('v', change)]).toEqual([true, false])
    expect([await savedViews.find('v'), await savedViews.list()]).toEqual([undefined, []])
  })
}
