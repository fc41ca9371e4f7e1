import { describe, expect, it } from 'vitest'
import { alertSuite } from './alert.suite.ts'
import { auditSuite } from './audit.suite.ts'
import { budgetSuite } from './budget.suite.ts'
import { eventSuite } from './event.suite.ts'
import { folderSuite } from './folder.suite.ts'
import { idempotencySuite } from './idempotency.suite.ts'
import { inviteSuite } from './invite.suite.ts'
import { keySuite } from './key.suite.ts'
import { listeningSuite } from './listening.suite.ts'
import type { RowLimits } from './row-limits.ts'
import { savedViewSuite } from './saved-view.suite.ts'
import { signInSuite } from './sign-in.suite.ts'
import type { Store } from './store.ts'
import { telemetryCallSuite } from './telemetry-call.suite.ts'
import { usageSuite } from './usage.suite.ts'

/**
 * What every store must pass, but for `limits.suite.ts`, `copy/copy.suite.ts`, and sessions, tasks and machines, which
 * `routes/state.suite.ts` proves with the whole hub.
 * @param open returns an empty store and closes it after the test
 * @param options.runs of each random test
 * @param options.rowLimits that it was opened with
 */
export function storeSuite(open: () => Promise<Store>, options: { runs: number; rowLimits: RowLimits }): void {
  describe('usage', () => usageSuite(open, options))
  describe('the projects of folders', () => folderSuite(open))
  describe('calls that telemetry reports', () => telemetryCallSuite(open, options))
  describe('keys', () => keySuite(open))
  describe('what the monitor remembers', () => listeningSuite(open))
  describe('invites', () => inviteSuite(open))
  describe('sign-ins', () => signInSuite(open, options.rowLimits))
  describe('the audit log', () => auditSuite(open, options.rowLimits))
  describe('alerts', () => alertSuite(open))
  describe('budgets', () => budgetSuite(open))
  describe('saved views', () => savedViewSuite(open))
  describe('events', () => eventSuite(open))
  describe('an idempotent write', () => idempotencySuite(open))

  it('passes its check', async () => {
    const store = await open()
    await expect(store.check()).resolves.toBeUndefined()
  })
}
