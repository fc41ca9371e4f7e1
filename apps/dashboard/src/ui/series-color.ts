/** How many colours there are; with more names than that, some share one. */
const COLORS = 8

/** The colour of what is left when the largest have one each. */
export const restColor = 'var(--series-rest)'

const taken = new Map<string, Map<string, number>>()

/**
 * The colour of a name in a family (models, projects …). A name keeps its colour for as long as the page is open,
 * so that a new day or a new leader never recolours the board.
 */
export function seriesColor(family: string, name: string): string {
  let names = taken.get(family)
  if (names === undefined) {
    names = new Map()
    taken.set(family, names)
  }
  let index = names.get(name)
  if (index === undefined) {
    index = names.size
    names.set(name, index)
  }
  return `var(--series-${(index % COLORS) + 1})`
}
