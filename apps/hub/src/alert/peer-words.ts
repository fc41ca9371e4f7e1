/** Reasons that end with what the peer said. */
const answered = /^(.{1,300}? answered \d{3})\b/

/** A reason without the peer's own words, which may be about anything in its network. */
export function withoutPeerWords(reason: string): string {
  const [, ours] = answered.exec(reason) ?? []
  return ours === undefined ? reason : `${ours}.`
}
