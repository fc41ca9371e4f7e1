import { controlsOfNames } from '@signalbox/contract/printable'

const LONE_SURROGATES = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g
/** A text of another program as the hub accepts it: well-formed, without what no name has, not too long; undefined when it is empty. */
export function plainText(value: unknown, maxLength: number): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = value.slice(0, maxLength).replace(LONE_SURROGATES, '\uFFFD').replace(controlsOfNames, ' ')
  return text === '' ? undefined : text
}
