import { InvalidArgumentError } from 'commander'

const MAX_SLOT = 1_000_000
const MAX_SLOTS = 1_000

/** Parses `1-4,7`; `none` is an empty list. */
export function parseSlots(text: string): number[] {
  if (text === 'none') return []
  const slots = text.split(',').flatMap((part) => {
    const [, first, last = first] = /^\s*(\d{1,7})(?:-(\d{1,7}))?\s*$/.exec(part) ?? []
    const [from, to] = [Number(first), Number(last)]
    if (!(from >= 1 && to >= from && to <= MAX_SLOT && to - from < MAX_SLOTS)) {
      throw new InvalidArgumentError('It must be numbers from 1 on, such as 1-4,7; or none.')
    }
    return Array.from({ length: to - from + 1 }, (_, index) => from + index)
  })
  return [...new Set(slots)].sort((a, b) => a - b)
}

/** Formats ascending numbers as `1-4,7`. */
export function formatSlots(slots: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const slot of slots) {
    const last = ranges.at(-1)
    if (last !== undefined && slot === last[1] + 1) last[1] = slot
    else ranges.push([slot, slot])
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',')
}
