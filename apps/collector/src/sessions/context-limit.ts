const LONG_CONTEXT = 1_000_000
const USUAL_CONTEXT = 200_000

/** Models of which no variant with a longer window was ever offered. */
const usualModels = /^claude-(3|haiku-4|opus-4-(0|1|5|20)|opus-4$)/

/**
 * The size of a model's context window, in tokens. Transcripts do not say it, so it is known only where the model has no other:
 * everything else is left to the client's status line.
 */
export function contextLimit(model: string): number | undefined {
  if (model.endsWith('[1m]')) return LONG_CONTEXT
  return usualModels.test(model) ? USUAL_CONTEXT : undefined
}
