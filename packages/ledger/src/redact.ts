import type { Call } from '@signalbox/contract/call'
import type { LedgerStore } from './store/ledger-store.ts'

/**
 * Replaces where a call was made, working directory and branch, by a keyed hash: the same place has the same name in
 * every call from this ledger, and nobody without the ledger can try out which folder it was.
 */
export function redactor(store: LedgerStore): (call: Call) => Call {
  // Most runs never come here, and loading it takes longer than opening the ledger.
  const { createHmac, randomBytes } = process.getBuiltinModule('node:crypto')
  const salt = store.transact(() => {
    const known = store.meta.get('redaction_salt')
    if (known !== undefined) return known
    const made = randomBytes(32).toString('base64url')
    store.meta.set('redaction_salt', made)
    return made
  })
  const known = new Map<string, string>()
  const hash = (text: string): string => {
    let name = known.get(text)
    if (name === undefined) {
      name = `redacted-${createHmac('sha256', salt).update(text).digest('hex').slice(0, 16)}`
      known.set(text, name)
    }
    return name
  }
  return (call) => ({
    ...call,
    ...(call.cwd === undefined ? {} : { cwd: hash(call.cwd) }),
    ...(call.git_branch === undefined ? {} : { git_branch: hash(call.git_branch) }),
  })
}
