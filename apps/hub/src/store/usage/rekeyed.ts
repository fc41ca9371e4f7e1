/** What the migration to the keys of December 2026 has done. */
export interface Rekeyed {
  /** All calls before. */
  readonly calls: number
  /** Those that became a part of another one, which had the same message id. */
  readonly merged: number
  /** Those that keep their key: their id is not unique, so each may stand for several calls. */
  readonly foreign: number
}

/** The line of the log. */
export function rekeyedText({ calls, merged, foreign }: Rekeyed): string {
  const count = (number: number) => number.toLocaleString('en')
  const text = `The hub database has its new keys: of ${count(calls)} calls, ${count(merged)} repeated a call under another request id and are merged with it`
  if (foreign === 0) return text
  return `${text}; ${count(foreign)} with ids that Anthropic did not make keep their former keys until a collector sends them anew`
}
