import { readPartKey } from '../ui/part-name.ts'

/** The families of models, each with a colour of its own in `ui/tokens.css`. */
export const modelFamilies = ['opus', 'fable', 'sonnet', 'mythos', 'haiku'] as const

/** How much of the colour of its family a version has; the rest is ink. */
const shades = [100, 76, 54] as const

/**
 * The colour of a model, the same on every page and in every browser: that of its family, in a shade of its version.
 * @param key a model, or its part that is not itemised, which is paler
 */
export function modelColor(key: string): string {
  const { model, isNotItemised } = readPartKey(key)
  const family = modelFamilies.find((name) => model.includes(name)) ?? 'other'
  const shade = shades[shadeOf(model, family)]
  const color = shade === 100 ? `var(--model-${family})` : `color-mix(in oklab, var(--model-${family}) ${shade}%, var(--ink))`
  return isNotItemised ? `color-mix(in oklab, ${color} 50%, var(--panel))` : color
}

/** Versions that follow each other differ; names of other makers by their letters. */
function shadeOf(model: string, family: string): number {
  if (family === 'other') return [...model].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % shades.length
  const [major = 0, minor = 0] = (model.match(/\d+/g) ?? []).map(Number).filter((number) => number < 1_000)
  return (major + minor) % shades.length
}
