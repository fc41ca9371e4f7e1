/** The hub's upper limit. */
export const MAX_SLOTS = 1_000
const MAX_NUMBER = 1_000_000

/** Slots as people write them: `1-8, 12`. */
export function printSlots(slots: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const slot of [...slots].sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === slot - 1) last[1] = slot
    else ranges.push([slot, slot])
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(', ')
}

/** @returns undefined where the text is no list of slots */
export function parseSlots(text: string): readonly number[] | undefined {
  const slots = new Set<number>()
  for (const part of text.split(/[\s,;]+/).filter((one) => one !== '')) {
    const [, first, last = first] = /^(\d{1,7})(?:[-–](\d{1,7}))?$/.exec(part) ?? []
    const [from, to] = [Number(first), Number(last)]
    if (!(from >= 1 && to >= from && to <= MAX_NUMBER && to - from < MAX_SLOTS)) return undefined
    for (let slot = from; slot <= to; slot++) slots.add(slot)
  }
  return slots.size > MAX_SLOTS ? undefined : [...slots].sort((a, b) => a - b)
}
