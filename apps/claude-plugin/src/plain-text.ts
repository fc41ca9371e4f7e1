const LONE_SURROGATES = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g
/** Control characters, separators of lines, and characters that change the text direction: the hub takes none in a name. */
export const NOT_IN_NAMES = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu

/** A text of another program as the hub accepts it: well-formed, without what no name has, not too long; undefined when it is empty. */
export function plainText(value: unknown, maxLength: number): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = value.slice(0, maxLength).replace(LONE_SURROGATES, '\uFFFD').replace(NOT_IN_NAMES, ' ')
  return text === '' ? undefined : text
}
