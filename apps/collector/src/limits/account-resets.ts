import type { LimitMemory } from '@signalbox/ledger'
import { type PlanWindow, SAME_RESET_MS } from '@signalbox/usage/limit-snapshot'
import type { WindowResets } from '@signalbox/usage/shown-limits'

export interface SeenResets {
  readonly account: string
  /** The configuration folder of Claude Code: with several, each is signed in by itself. */
  readonly folder: string
  readonly resets: WindowResets
  /** A source said whose they are; otherwise it was the account that was signed in. */
  readonly named: boolean
}

/** Pairs remembered at a time: a month of several accounts has a few hundred. */
const MAX_PAIRS = 2_000

/**
 * The resets of the 5-hour and the weekly window that were seen on this machine, and the accounts that they belong to. After
 * a sign-in with another account, open terminals go on showing the limits of the old one; their resets name it.
 */
export class AccountResets {
  readonly #memory: LimitMemory | undefined
  /** By account, folder and resets, the first seen first. */
  readonly #seen = new Map<string, SeenResets>()

  /** @param memory absent in tests: then nothing survives a restart */
  constructor(memory: LimitMemory | undefined) {
    this.#memory = memory
    for (const { key, value } of memory?.all('resets') ?? []) {
      try {
        this.#seen.set(key, JSON.parse(value) as SeenResets)
      } catch {
        // Of no use; it is written down again when it is seen.
      }
    }
  }

  /**
   * The accounts that resets belong to, the first seen first: those with the whole pair, else those with the weekly reset, because
   * a 5-hour window of theirs may have begun since.
   * @param folder only those that were seen there
   * @param tolerance how far two times of one reset may be apart, in milliseconds
   */
  accountsOf(resets: WindowResets, { folder, tolerance = SAME_RESET_MS }: { folder?: string; tolerance?: number } = {}): string[] {
    if (resets.session === undefined && resets.weekly_all === undefined) return []
    const isSame = (a: number | undefined, b: number | undefined) => a !== undefined && b !== undefined && Math.abs(a - b) < tolerance
    const find = (matches: (seen: WindowResets) => boolean) => [
      ...new Set(
        [...this.#seen.values()]
          .filter((one) => (folder === undefined || one.folder === folder) && matches(one.resets))
          .map(({ account }) => account),
      ),
    ]
    const isAll = (seen: WindowResets) =>
      (['session', 'weekly_all'] as const).every((kind) => resets[kind] === undefined || isSame(resets[kind], seen[kind]))
    const whole = find(isAll)
    return whole.length > 0 ? whole : find((seen) => isSame(resets.weekly_all, seen.weekly_all))
  }

  /** Whether a 5-hour reset was seen with an account: its weekly window may have been moved since. */
  hasSession({ account, folder, resets: { session } }: Pick<SeenResets, 'account' | 'folder' | 'resets'>): boolean {
    if (session === undefined) return false
    const isSame = ({ resets }: SeenResets) => resets.session !== undefined && Math.abs(resets.session - session) < SAME_RESET_MS
    return [...this.#seen.values()].some((one) => one.account === account && one.folder === folder && isSame(one))
  }

  /**
   * Records whose resets they are. Where a source names the account, what was only assumed before is corrected.
   * @throws LedgerError when it cannot be written down; then it is remembered until the collector ends
   */
  record({ account, folder, resets, named }: SeenResets, at: number): void {
    if (resets.session === undefined && resets.weekly_all === undefined) return
    const key = keyOf(account, folder, resets)
    const before = this.#seen.get(key)
    if (before !== undefined && (before.named || !named)) return
    const wrong = named
      ? [...this.#seen].filter(([, one]) => one.account !== account && one.folder === folder && !one.named && isPair(one.resets, resets))
      : []
    const [oldest] = this.#seen.size >= MAX_PAIRS ? this.#seen.keys() : []
    const removed = [...wrong.map(([other]) => other), ...(oldest === undefined ? [] : [oldest])]
    for (const other of removed) this.#seen.delete(other)
    const seen: SeenResets = { account, folder, resets, named }
    this.#seen.set(key, seen)
    this.#memory?.put('resets', { key, value: JSON.stringify(seen), at })
    for (const other of removed) this.#memory?.remove('resets', other)
  }
}

/** The resets of a snapshot's windows. */
export function resetsOf(windows: readonly PlanWindow[]): WindowResets {
  const find = (kind: 'session' | 'weekly_all') => windows.find((window) => window.kind === kind)?.resetsAt
  const [session, weekly] = [find('session'), find('weekly_all')]
  return { ...(session === undefined ? {} : { session }), ...(weekly === undefined ? {} : { weekly_all: weekly }) }
}

/** To the minute, because sources differ in fractions of a second. */
function keyOf(account: string, folder: string, { session, weekly_all }: WindowResets): string {
  const minute = (at: number | undefined) => (at === undefined ? '-' : Math.round(at / SAME_RESET_MS))
  return `${minute(session)} ${minute(weekly_all)} ${account} ${folder}`
}

function isPair(a: WindowResets, b: WindowResets): boolean {
  return (['session', 'weekly_all'] as const).every((kind) => Math.abs((a[kind] ?? -1e15) - (b[kind] ?? -1e15)) < SAME_RESET_MS)
}
