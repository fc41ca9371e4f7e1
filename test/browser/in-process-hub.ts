import { openHub, TestClock } from '../../apps/hub/test/open-hub.ts'
import { builtDashboard, type TestHub } from './harness.ts'

/** The real time, for a hub that takes a clock. */
export class SystemClock extends TestClock {
  override now(): number {
    return Date.now()
  }
  override monotonic(): number {
    return performance.now()
  }
}

/**
 * A hub for one test, in the process of the test: it starts within milliseconds. Its monitor does not run, and it cannot be
 * killed; use `startHub` where a test needs either.
 */
export async function openTestHub(env: Record<string, string> = {}, { version }: { version?: string } = {}): Promise<Pick<TestHub, 'url'>> {
  const { app } = await openHub({
    clock: new SystemClock(),
    dashboard: builtDashboard(),
    ...(version === undefined ? {} : { version }),
    env: { API_KEYS: '', NODE_ENV: 'development', LOG_LEVEL: 'silent', DASHBOARD_LIMIT_PER_MINUTE: '1000000', ...env },
  })
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }) }
}
