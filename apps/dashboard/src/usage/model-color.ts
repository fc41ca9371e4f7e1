import { readPartKey } from '../ui/part-name.ts'
import { seriesColor } from '../ui/series-color.ts'

/** Fixed colours of model families, stable across screens and reloads while one version of each is in use. */
const preferredColors: readonly (readonly [family: string, color: number])[] = [
  ['opus', 1],
  ['fable', 2],
  ['sonnet', 3],
  ['mythos', 4],
  ['haiku', 5],
]

/** @param key a model, or its part that is not itemised, which has a colour of its own */
export function modelColor(key: string): string {
  const { isNotItemised } = readPartKey(key)
  return seriesColor('model', key, isNotItemised ? undefined : preferredColors.find(([family]) => key.includes(family))?.[1])
}
