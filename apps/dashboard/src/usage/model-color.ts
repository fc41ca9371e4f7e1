import { seriesColor } from '../ui/series-color.ts'

/** The same on every screen and after every reload, as long as one version of each is in use. */
const wishes: readonly (readonly [family: string, color: number])[] = [
  ['opus', 1],
  ['fable', 2],
  ['sonnet', 3],
  ['mythos', 4],
  ['haiku', 5],
]

export function modelColor(model: string): string {
  return seriesColor('model', model, wishes.find(([family]) => model.includes(family))?.[1])
}
