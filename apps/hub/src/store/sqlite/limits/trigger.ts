import type { LimitTrigger, triggerSteps } from '@signalbox/contract/limit-trigger'
import { DAY_MS } from '../../../limits/day-hours.ts'
import { TRIGGER_COMPLETION_TIMEOUT_MS, TRIGGER_PICKUP_TIMEOUT_MS } from '../../limit-trigger.ts'
import type { LimitStore } from '../../limits.ts'
import type { Connection } from '../connection.ts'
import type { Transaction, Writer } from '../writer.ts'

/** Ended triggers are kept this long, so that a repeated end changes nothing. */
const ENDED_TRIGGER_TTL_MS = DAY_MS

export function triggerQueries(
  connection: Connection,
  writer: Writer,
): Pick<LimitStore, 'requestTrigger' | 'takeTrigger' | 'expireTriggers'> {
  return {
    requestTrigger(id, machine, change) {
      return writer.write(change, ({ now, publish }) => {
        // A repeated request has the same id.
        const { changes } = connection
          .prepare(
            "INSERT INTO limit_trigger (trigger_id, machine_id, step, changed_at) VALUES (?, ?, 'requested', ?) ON CONFLICT DO NOTHING",
          )
          .run(id, machine, now)
        if (changes === 1) publishTrigger(publish, { id, machine_id: machine, step: 'requested' })
      })
    },
    async takeTrigger(machine, now) {
      const oldest = () =>
        connection
          .prepare(
            `SELECT trigger_id FROM limit_trigger WHERE step = 'requested' AND machine_id = ? AND changed_at > ?
              ORDER BY changed_at, trigger_id LIMIT 1`,
          )
          .pluck()
          .get(machine, now - TRIGGER_PICKUP_TIMEOUT_MS) as string | undefined
      // Most calls find nothing, and need no write.
      if (connection.read(oldest) === undefined) return undefined
      return writer.write({ now }, ({ publish }) => {
        const id = oldest()
        if (id === undefined) return undefined
        connection.prepare("UPDATE limit_trigger SET step = 'picked_up', changed_at = ? WHERE trigger_id = ?").run(now, id)
        const taken: LimitTrigger = { id, machine_id: machine, step: 'picked_up' }
        publishTrigger(publish, taken)
        return taken
      })
    },
    async expireTriggers(now) {
      const inStepFor = (step: (typeof triggerSteps)[number], ms: number) =>
        connection.rows('SELECT trigger_id, machine_id FROM limit_trigger WHERE step = ? AND changed_at <= ?').all(step, now - ms) as [
          string,
          string,
        ][]
      const overdue = () => [
        ...inStepFor('requested', TRIGGER_PICKUP_TIMEOUT_MS).map(
          ([id, machine]) => [id, machine, 'the collector did not pick it up'] as const,
        ),
        ...inStepFor('picked_up', TRIGGER_COMPLETION_TIMEOUT_MS).map(
          ([id, machine]) => [id, machine, 'the collector did not report its end'] as const,
        ),
      ]
      const expired = () => [...inStepFor('done', ENDED_TRIGGER_TTL_MS), ...inStepFor('failed', ENDED_TRIGGER_TTL_MS)]
      if (connection.read(() => overdue().length + expired().length) === 0) return 0
      return writer.write({ now }, (transaction) => {
        for (const [id] of expired()) connection.prepare('DELETE FROM limit_trigger WHERE trigger_id = ?').run(id)
        return overdue().reduce((sum, [id, machine, why]) => sum + endTrigger(connection, transaction, id, machine, 'failed', why), 0)
      })
    },
  }
}

/** Inside a transaction. @returns 1 when the trigger was open and belongs to the machine, else 0 */
export function endTrigger(
  connection: Connection,
  { publish, now }: Transaction,
  id: string,
  machine: string,
  step: 'done' | 'failed',
  message?: string,
): number {
  const { changes } = connection
    .prepare(
      "UPDATE limit_trigger SET step = ?, changed_at = ? WHERE trigger_id = ? AND machine_id = ? AND step IN ('requested', 'picked_up')",
    )
    .run(step, now, id, machine)
  if (changes === 1) publishTrigger(publish, { id, machine_id: machine, step, ...(message === undefined ? {} : { message }) })
  return changes
}

function publishTrigger(publish: Transaction['publish'], trigger: LimitTrigger): void {
  publish({ event: 'limits.trigger', data: { ...trigger } })
}
