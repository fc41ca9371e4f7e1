import type { Call } from '@signalbox/contract/call'

const models = [
  'claude-opus-5-5',
  'claude-sonnet-5-5',
  'claude-haiku-5-5',
  'claude-opus-4-8',
  'claude-sonnet-5',
  'claude-haiku-4-5-20251001',
] as const
/** About the length of a session with one task. */
const CALLS_PER_SESSION = 60
export const DAY_MS = 86_400_000

export interface Batch {
  readonly machine: string
  readonly calls: Call[]
}

/**
 * Generates a team's calls, spread evenly over [from, to), oldest first, in batches as collectors send them. The same
 * seed gives the same calls.
 */
export function* batchesOfCalls(count: number, from: number, to: number, size = 5_000, seed = 1): Generator<Batch> {
  const random = seededRandom(seed)
  let made = 0
  while (made < count) {
    const calls: Call[] = []
    const machine = Math.floor(random() * 6)
    const begin = from + ((to - from) * made) / count
    const length = ((to - from) * size) / count
    while (calls.length < size && made < count) {
      // Several sessions run side by side on one machine.
      const session = uuid(random)
      const project = Math.floor(random() * 25)
      const model = models[Math.min(models.length - 1, Math.floor(random() ** 2 * models.length))]!
      const start = begin + random() * length
      let at = start
      for (let n = 0; n < CALLS_PER_SESSION && calls.length < size && made < count; n++, made++) {
        at += random() * 60_000
        calls.push({
          key: `msg_01${letters(random, 22)}`,
          request_id: `req_011C${inTimeOrder(at)}${letters(random, 12)}`,
          at: new Date(Math.min(to - 1, Math.floor(at))).toISOString(),
          model,
          session_id: session,
          cwd: `/home/dev/work/project-${project}`,
          git_branch: n < 20 ? 'main' : `feature-${project % 7}`,
          version: '2.1.33',
          is_sidechain: random() < 0.2,
          input: Math.floor(random() * 200),
          output: Math.floor(random() * 2_000),
          write_5m: 0,
          write_1h: Math.floor(random() * 8_000),
          read: Math.floor(random() * 160_000),
          web_searches: 0,
          service_tier: 'standard',
        })
      }
    }
    yield { machine: `machine-${machine}`, calls }
  }
}

const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789'
const digits = [...alphabet].sort()

/** The first letters of a request's id, which are in the order of time, as those of Anthropic are: ids of messages are not. */
function inTimeOrder(ms: number): string {
  let text = ''
  for (let n = 7, rest = ms; n >= 0; n--, rest = Math.floor(rest / digits.length)) text = digits[rest % digits.length] + text
  return text
}

function letters(random: () => number, length: number): string {
  let text = ''
  for (let n = 0; n < length; n++) text += alphabet[Math.floor(random() * alphabet.length)]
  return text
}

function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** A small repeatable generator (mulberry32), not for secrets. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
