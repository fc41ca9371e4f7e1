import type { Call } from '@signalbox/contract/call'
import type { LedgerStore } from './store/ledger-store.ts'

/**
 * Creates a function that replaces a name by a keyed hash. Equal names have equal hashes within one ledger, and guessing a name
 * requires the key, which is stored in the ledger only.
 */
export function createNameRedactor(store: LedgerStore): (name: string) => string {
  // Loaded on demand: most runs do not redact, and loading the module takes longer than opening the ledger.
  const { createHmac, randomBytes } = process.getBuiltinModule('node:crypto')
  const salt = store.transact(() => {
    const stored = store.meta.get('redaction_salt')
    if (stored !== undefined) return stored
    const created = randomBytes(32).toString('base64url')
    store.meta.set('redaction_salt', created)
    return created
  })
  const hashes = new Map<string, string>()
  return (text) => {
    let name = hashes.get(text)
    if (name === undefined) {
      name = `redacted-${createHmac('sha256', salt).update(text).digest('hex').slice(0, 16)}`
      hashes.set(text, name)
    }
    return name
  }
}

/** Creates a function that replaces working directory and branch of a call by keyed hashes. */
export function createRedactor(hash: (name: string) => string): (call: Call) => Call {
  return (call) => ({
    ...call,
    ...(call.cwd === undefined ? {} : { cwd: hash(call.cwd) }),
    ...(call.git_branch === undefined ? {} : { git_branch: hash(call.git_branch) }),
  })
}
