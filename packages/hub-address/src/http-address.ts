/** Whether a text is an http or https address; `URL.canParse` is not in the oldest Node 18. */
export function isHttpAddress(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text).protocol)
  } catch {
    return false
  }
}

/** Whether two addresses are written alike but for their case, their default port and a slash at their end. */
export function isSameAddress(one: string, other: string): boolean {
  const plain = (url: string) => new URL(url).href.replace(/\/+$/, '')
  return plain(one) === plain(other)
}
