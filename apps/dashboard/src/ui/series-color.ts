/** How many colours there are; with more names than that, some share one. */
const COLORS = 8

/** The colour of what is left when the largest have one each. */
export const restColor = 'var(--series-rest)'

const taken = new Map<string, Map<string, number>>()

/**
 * The colour of a name in a family (models, projects …). A name keeps its colour for as long as the page is open,
 * so that a new day or a new leader never recolours the board.
 * @param wished from 1; taken when no other name of the family has it
 */
export function seriesColor(family: string, name: string, wished?: number): string {
  let names = taken.get(family)
  if (names === undefined) {
    names = new Map()
    taken.set(family, names)
  }
  let color = names.get(name)
  if (color === undefined) {
    color = freeColor(new Set(names.values()), wished) ?? (names.size % COLORS) + 1
    names.set(name, color)
  }
  return `var(--series-${color})`
}

function freeColor(used: ReadonlySet<number>, wished: number | undefined): number | undefined {
  if (wished !== undefined && !used.has(wished)) return wished
  const all = Array.from({ length: COLORS }, (_, index) => index + 1)
  // From the far end when a wish could not be met, so that the wishes of others are left alone.
  return (wished === undefined ? all : all.reverse()).find((color) => !used.has(color))
}
