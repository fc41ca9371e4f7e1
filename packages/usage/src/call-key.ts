/*
 * The keys of calls. Anthropic's message ids are unique everywhere. Relays give ids of their own, often the same one again and again;
 * the key of such a call has its request id, the time of its first record and its prompt as well.
 */

const OWN_ID = /^msg_/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether an id is unique by itself: a message id of Anthropic's, or the uuid of a record without a message id. */
export function isUniqueId(id: string): boolean {
  return OWN_ID.test(id) || UUID.test(id)
}

/** The key of a call whose id is not unique. @param at of the call's first record, in milliseconds @param prompt its figures */
export function foreignKey(id: string, requestId: string, at: number, prompt: readonly number[]): string {
  return `${formerKey(id, requestId)}@${at}/${prompt.join('/')}`
}

/** The key that versions before 2026-12 gave a call: `<id>:<request id>`. */
export function formerKey(id: string, requestId: string): string {
  return `${id}:${requestId}`
}

/**
 * The key that replaces a former one; undefined when it stays as it is. A former key of an id that is not unique stays: it may stand
 * for several calls, until their transcript is read again.
 * @returns with the request id that the former key held, empty for none
 */
export function currentKey(former: string): { key: string; requestId: string } | undefined {
  const colon = former.indexOf(':')
  if (colon === -1) return undefined
  const key = former.slice(0, colon)
  return isUniqueId(key) ? { key, requestId: former.slice(colon + 1) } : undefined
}

/** The former key whose call a call with a foreign key replaces; undefined for any other key. */
export function replacedKey(key: string): string | undefined {
  const at = key.lastIndexOf('@')
  return at === -1 || !/^@\d+(?:\/\d+)+$/.test(key.slice(at)) ? undefined : key.slice(0, at)
}
