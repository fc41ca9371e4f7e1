import { seriesColor } from '../ui/series-color.ts'

/** Fixed colours of model families, stable across screens and reloads while one version of each is in use. */
const preferredColors: readonly (readonly [family: string, color: number])[] = [
  ['opus', 1],
  ['fable', 2],
  ['sonnet', 3],
  ['mythos', 4],
  ['haiku', 5],
]

export function modelColor(model: string): string {
  return seriesColor('model', model, preferredColors.find(([family]) => model.includes(family))?.[1])
}
