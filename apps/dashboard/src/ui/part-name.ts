import { t } from '../words/ui.ts'

/** Follows the model of what Claude Code has recorded beyond its calls, in the keys and names of the page. */
const SUFFIX = t.notItemised

interface ModelPart {
  readonly model?: string | undefined
  readonly not_itemised?: true | undefined
}

/** The key of a model's part of a sum: a model may have two, its calls and what is not itemised. */
export function partKey({ model = '', not_itemised }: ModelPart): string {
  return not_itemised ? `${model}${SUFFIX}` : model
}

/** Splits a key of `partKey`. */
export function readPartKey(key: string): { readonly model: string; readonly isNotItemised: boolean } {
  return key.endsWith(SUFFIX) ? { model: key.slice(0, -SUFFIX.length), isNotItemised: true } : { model: key, isNotItemised: false }
}
