/** How much an answer holds, as far as its rows were read; further rows are added to the same object. */
export interface MeasuredAnswer {
  readonly key: string
  text: number
  tool_input: number
  thinking: number
  /** The output in tokens, where the final row says it; undefined for a call without one. */
  output: number | undefined
}

/** An answer whose output is known. */
export type KnownAnswer = Readonly<MeasuredAnswer> & { readonly output: number }
