import type { Call } from '@signalbox/contract/call'

let count = 0

/** A call with plausible numbers and a key of its own. */
export function someCall(change: Partial<Call> = {}): Call {
  count++
  return {
    key: `msg_${count}`,
    at: '2026-10-06T09:00:00.000Z',
    model: 'claude-opus-5-5',
    session_id: 'session-1',
    cwd: '/home/dev/work',
    git_branch: 'main',
    version: '2.1.33',
    request_id: `req_${count}`,
    is_sidechain: false,
    input: 12,
    output: 800,
    write_5m: 0,
    write_1h: 3_000,
    read: 90_000,
    ...change,
  }
}
