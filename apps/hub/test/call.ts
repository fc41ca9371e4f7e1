import type { Call } from '@signalbox/contract/call'

let made = 0

/** A call with believable numbers and a key of its own. */
export function someCall(change: Partial<Call> = {}): Call {
  made++
  return {
    key: `msg_${made}:req_${made}`,
    at: '2026-10-06T09:00:00.000Z',
    model: 'claude-opus-5-5',
    session_id: 'session-1',
    cwd: '/home/dev/work',
    git_branch: 'main',
    version: '2.1.33',
    is_sidechain: false,
    input: 12,
    output: 800,
    write_5m: 0,
    write_1h: 3_000,
    read: 90_000,
    ...change,
  }
}
