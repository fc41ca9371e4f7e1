/** A member of a JSON object, by its places in the text. */
export interface Member {
  readonly key: string
  readonly keyStart: number
  readonly valueStart: number
  /** Behind its last character. */
  readonly valueEnd: number
}

/** The members of an object, and where its braces are. */
export interface ObjectSpan {
  readonly open: number
  /** Of the closing brace. */
  readonly close: number
  readonly members: readonly Member[]
}

const space = /\s*/y
const string = /"(?:[^"\\]|\\.)*"/y
const literal = /[^,\]}\s]+/y

/**
 * Where the members of an object stand, so that a change of one leaves every other character as it was.
 * @param text valid JSON: `JSON.parse` has accepted it
 * @param from where the value begins
 * @returns undefined when the value is no object
 */
export function objectAt(text: string, from: number): ObjectSpan | undefined {
  const skip = (pattern: RegExp, at: number) => {
    pattern.lastIndex = at
    return at + (pattern.exec(text)?.[0].length ?? 0)
  }
  const open = skip(space, from)
  if (text[open] !== '{') return undefined
  const members: Member[] = []
  let at = skip(space, open + 1)
  while (text[at] !== '}') {
    const keyStart = at
    const keyEnd = skip(string, at)
    // Behind the colon.
    const valueStart = skip(space, skip(space, keyEnd) + 1)
    const valueEnd = endOf(text, valueStart, skip)
    members.push({ key: JSON.parse(text.slice(keyStart, keyEnd)) as string, keyStart, valueStart, valueEnd })
    at = skip(space, valueEnd)
    if (text[at] === ',') at = skip(space, at + 1)
  }
  return { open, close: at, members }
}

function endOf(text: string, start: number, skip: (pattern: RegExp, at: number) => number): number {
  if (text[start] === '"') return skip(string, start)
  if (text[start] !== '{' && text[start] !== '[') return skip(literal, start)
  let depth = 0
  for (let at = start; ; ) {
    const char = text[at]
    if (char === '"') at = skip(string, at)
    else {
      if (char === '{' || char === '[') depth++
      if ((char === '}' || char === ']') && --depth === 0) return at + 1
      at++
    }
  }
}
