import { readdirSync, readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

/** A message of a file in `words/en` or `words/de`: the keys of its one object, as the formatter indents them. */
const messageKey = /^ {2}(\w+):/gm
const usedRoom = /import \{ t \} from '(?:\.\.?\/)+words\/([\w-]+)\.ts'/
const usedMessage = /(?<![\w.$])t\.(\w+)/g

/**
 * Gives each message a name of one or two letters in the built page. Minifiers leave the names of properties as they are, and those
 * of the messages are sentences: they were 2 kB of the first screen.
 */
export function shortWords(words: URL = new URL('../src/words/', import.meta.url)): Plugin {
  const rooms = new Map<string, ReadonlyMap<string, string>>()
  return {
    name: 'signalbox:short-words',
    apply: 'build',
    enforce: 'pre',
    buildStart() {
      for (const file of readdirSync(new URL('en/', words))) {
        const keys = readFileSync(new URL(`en/${file}`, words), 'utf8').matchAll(messageKey)
        rooms.set(file.replace(/\.tsx?$/, ''), new Map([...keys].map(([, key = ''], at) => [key, shortName(at)])))
      }
    },
    transform(code, id) {
      const [, room = usedRoom.exec(code)?.[1], isWords] = /\/words\/(?:en|de)\/([\w-]+)(\.)tsx?$/.exec(id) ?? []
      const names = rooms.get(room ?? '')
      if (names === undefined) return undefined
      const short = (key: string) => names.get(key) ?? this.error(`${id} uses the message ${key}, which words/en/${room} has not`)
      if (isWords) return { code: code.replace(messageKey, (_all, key) => `  ${short(key)}:`), map: null }
      return { code: code.replace(usedMessage, (_all, key) => `t.${short(key)}`), map: null }
    },
  }
}

/** `a` … `z`, `aa` …: short, and never a word of the language. */
function shortName(at: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  const last = letters.charAt(at % 26)
  return at < 26 ? last : `${letters.charAt(Math.floor(at / 26) - 1)}${last}`
}
