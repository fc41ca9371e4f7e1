import { describe, expect, it } from 'vitest'
import { openRuleHub } from '../../../test/rule-hub.ts'
import { openRule } from './rule-list.ts'

const MINUTE = 60_000
const DAY = 86_400_000

describe('task_blocked', () => {
  it('holds while the task is blocked', async () => {
    const rules = await openRuleHub()
    const { session_id } = await rules.fleet.session({ project_id: 'shop' })
    const { task_id } = await rules.fleet.task(session_id, { task_name: 'Write the\ntests' })
    expect(await rules.verdict('task_blocked', task_id)).toEqual({ verdict: 'clear' })
    await rules.fleet.ok('POST', `/tasks/${task_id}/block`, { reason: 'waiting for a review' })
    const blockedAt = rules.now()
    const summary = 'The task Write the tests in shop is blocked: waiting for a review'
    expect(await rules.holds('task_blocked')).toEqual([summary])
    expect(await rules.verdict('task_blocked', task_id, { after_ms: MINUTE })).toEqual({ verdict: 'clear', next_at: blockedAt + MINUTE })
    rules.hub.clock.pass(MINUTE)
    expect(await rules.verdict('task_blocked', task_id, { after_ms: MINUTE })).toMatchObject({
      verdict: 'holds',
      since: blockedAt + MINUTE,
    })
    await rules.fleet.ok('POST', `/tasks/${task_id}/start`)
    expect(await rules.verdict('task_blocked', task_id)).toEqual({ verdict: 'clear' })
  })

  it('is past when its session has ended', async () => {
    const rules = await openRuleHub()
    const { session_id } = await rules.fleet.session()
    const { task_id } = await rules.fleet.task(session_id)
    await rules.fleet.ok('POST', `/tasks/${task_id}/block`, {})
    await rules.fleet.ok('PUT', `/sessions/${session_id}`, { status: 'completed' })
    expect(await rules.verdict('task_blocked', task_id)).toEqual({ verdict: 'gone' })
    expect(await rules.holds('task_blocked')).toEqual([])
  })
})

describe('task_failed', () => {
  it('holds for some days, and not for a task that failed because its session ended', async () => {
    const rules = await openRuleHub()
    const { session_id } = await rules.fleet.session()
    const [failed, running] = [await rules.fleet.task(session_id), await rules.fleet.task(session_id)]
    await rules.fleet.ok('POST', `/tasks/${failed.task_id}/fail`, { error_message: 'three tests fail' })
    await rules.fleet.ok('POST', `/tasks/${running.task_id}/start`)
    await rules.fleet.ok('PUT', `/sessions/${session_id}`, { status: 'completed' })
    expect((await rules.fleet.readTask(running.task_id)).status).toBe('failed')
    expect(await rules.holds('task_failed')).toEqual(['The task a task in p has failed: three tests fail'])
    expect(await rules.verdict('task_failed', running.task_id)).toEqual({ verdict: 'clear' })
    rules.hub.clock.pass(3 * DAY + 1)
    expect(await rules.verdict('task_failed', failed.task_id)).toEqual({ verdict: 'gone' })
    expect(await rules.holds('task_failed')).toEqual([])
  })

  it('is about the project and the machine of its session, and is gone when there is no such task', async () => {
    const rules = await openRuleHub()
    const { session_id } = await rules.fleet.session({ project_id: 'shop', machine_id: 'box' })
    const { task_id } = await rules.fleet.task(session_id)
    await rules.fleet.ok('POST', `/tasks/${task_id}/fail`, { error_message: 'e' })
    expect(await rules.holds('task_failed', {}, { project_id: ['sh*'], machine_id: ['box'] })).toHaveLength(1)
    expect(await rules.holds('task_failed', {}, { machine_id: ['laptop'] })).toEqual([])
    expect(await rules.holds('task_failed', {}, { model: ['*'] })).toEqual([])
    expect(await rules.verdict('task_failed', task_id, {}, { project_id: ['blog'] })).toEqual({ verdict: 'gone' })
    expect(await rules.verdict('task_failed', 'no such task')).toEqual({ verdict: 'gone' })
    const [event] = await rules.hub.store.events.latest({ types: ['task.status'], limit: 1 })
    const about = { task_id, session_id, project_id: 'shop', machine_id: 'box' }
    expect(openRule({ kind: 'task_failed', parameters: {} }).touched(event!)).toEqual([{ key: task_id, about }])
  })
})
