import { isHttpAddress } from '@signalbox/hub-address/http-address'

/** What a person has pasted to connect with. */
export type PastedLine =
  | { readonly kind: 'invite'; readonly url: string; readonly code: string }
  | { readonly kind: 'key'; readonly url: string | undefined; readonly key: string }
  | { readonly kind: 'address'; readonly url: string }

const codePattern = /^[0-9a-z]{4}[- ]?[0-9a-z]{4}$/i

/**
 * Reads the line of `signalbox machines invite` (`npx signalbox connect https://hub.example K7QX-2MPD`), an address with a code or a
 * key behind it, an address alone, or a key alone.
 * @returns undefined for anything else
 */
export function readPastedLine(text: string): PastedLine | undefined {
  const words = text.trim().split(/\s+/)
  const at = words.findIndex((word) => isHttpAddress(word))
  const key = words.find((word) => word.startsWith('sbx_'))
  const address = words[at]
  if (address === undefined) return key === undefined ? undefined : { kind: 'key', url: undefined, key }
  const url = trimAddress(address)
  if (key !== undefined) return { kind: 'key', url, key }
  const rest = words.slice(at + 1).filter((word) => !word.startsWith('-'))
  if (rest.length === 0) return { kind: 'address', url }
  const code = rest.join(' ')
  return codePattern.test(code) ? { kind: 'invite', url, code } : undefined
}

/** An address that was copied from the browser leads to the page of the hub. */
function trimAddress(text: string): string {
  const url = new URL(text)
  url.search = ''
  url.hash = ''
  url.pathname = url.pathname.replace(/\/(?:app|widget)(?:\/.*)?$/, '')
  return url.href.replace(/\/+$/, '')
}
