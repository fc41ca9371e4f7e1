import type { Call } from '@signalbox/contract/call'

const models = [
  'claude-opus-5-5',
  'claude-sonnet-5-5',
  'claude-haiku-5-5',
  'claude-opus-4-8',
  'claude-sonnet-5',
  'claude-haiku-4-5-20251001',
] as const
/** About as long as a session of one task. */
const CALLS_PER_SESSION = 60
export const DAY_MS = 86_400_000

export interface Batch {
  readonly machine: string
  readonly calls: Call[]
}

/**
 * A team's calls, evenly spread over [from, to), oldest first, in batches as collectors send them. The same seed gives
 * the same calls.
 */
export function* batchesOfCalls(count: number, from: number, to: number, size = 5_000, seed = 1): Generator<Batch> {
  const chance = dice(seed)
  let made = 0
  while (made < count) {
    const calls: Call[] = []
    const machine = Math.floor(chance() * 6)
    const begin = from + ((to - from) * made) / count
    const length = ((to - from) * size) / count
    while (calls.length < size && made < count) {
      // Several sessions run side by side on one machine.
      const session = uuid(chance)
      const project = Math.floor(chance() * 25)
      const model = models[Math.min(models.length - 1, Math.floor(chance() ** 2 * models.length))]!
      const start = begin + chance() * length
      let at = start
      for (let n = 0; n < CALLS_PER_SESSION && calls.length < size && made < count; n++, made++) {
        at += chance() * 60_000
        calls.push({
          key: `msg_01${letters(chance, 22)}:req_011C${letters(chance, 20)}`,
          at: new Date(Math.min(to - 1, Math.floor(at))).toISOString(),
          model,
          session_id: session,
          cwd: `/home/dev/work/project-${project}`,
          git_branch: n < 20 ? 'main' : `feature-${project % 7}`,
          version: '2.1.33',
          is_sidechain: chance() < 0.2,
          input: Math.floor(chance() * 200),
          output: Math.floor(chance() * 2_000),
          write_5m: 0,
          write_1h: Math.floor(chance() * 8_000),
          read: Math.floor(chance() * 160_000),
          web_searches: 0,
          service_tier: 'standard',
        })
      }
    }
    yield { machine: `machine-${machine}`, calls }
  }
}

const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789'

function letters(chance: () => number, length: number): string {
  let text = ''
  for (let n = 0; n < length; n++) text += alphabet[Math.floor(chance() * alphabet.length)]
  return text
}

function uuid(chance: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(chance() * 16).toString(16)).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** Small and repeatable (mulberry32); nothing here needs to be secret. */
function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
