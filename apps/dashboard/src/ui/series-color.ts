/** Further names share colours. */
const COLOR_COUNT = 8

/** The colour of all remaining names together. */
export const otherColor = 'var(--series-rest)'

const assigned = new Map<string, Map<string, number>>()

/**
 * The colour of a name in a family (models, projects …). A name keeps its colour while the page is open, so that new
 * data never recolours a chart.
 * @param preferred from 1; used when no other name of the family has it
 */
export function seriesColor(family: string, name: string, preferred?: number): string {
  let names = assigned.get(family)
  if (names === undefined) {
    names = new Map()
    assigned.set(family, names)
  }
  let color = names.get(name)
  if (color === undefined) {
    color = pickFreeColor(new Set(names.values()), preferred) ?? (names.size % COLOR_COUNT) + 1
    names.set(name, color)
  }
  return `var(--series-${color})`
}

function pickFreeColor(used: ReadonlySet<number>, preferred: number | undefined): number | undefined {
  if (preferred !== undefined && !used.has(preferred)) return preferred
  const all = Array.from({ length: COLOR_COUNT }, (_, index) => index + 1)
  // From the end when the preference is taken, which leaves the preferred colours of others free.
  return (preferred === undefined ? all : all.reverse()).find((color) => !used.has(color))
}
