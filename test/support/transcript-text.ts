import type { Random } from '@signalbox/usage/random'

/** Writes about that many bytes of text as transcripts hold it, escaped for the inside of a JSON string. */
export type Prose = (bytes: number) => string

const words =
  'the a of to in and is that it for was on are with as be this by not or from have an they which one you had but at all we her there can been if more when will would who so no out up into than them only its time other new some could these two may then do first any my now such like our over man me even most made after also did many before must through back years where much your way well down should because each just those people how too little state good very make world still own see men work long get here between both life being under never day same another know while last might us great old year off come since against go came right used take three'.split(
    ' ',
  )

const starts: readonly ((random: Random, words: (count: number) => string) => string)[] = [
  (_, say) => `${say(14)}. ${say(11)}. ${say(17)}.\n\n`,
  (_, say) => `## ${say(4)}\n\n- **${say(2)}**: ${say(9)}\n- \`${say(1)}.ts\`: ${say(12)}\n- ${say(8)}\n\n`,
  (random, say) =>
    `export async function ${camel(say(3))}(input: string, { limit = ${random.int(1, 500)} } = {}) {\n\tconst found = await store.query("SELECT * FROM ${say(1)} WHERE name = '${say(1)}' LIMIT ?", limit)\n\tif (found.length === 0) throw new Error(\`No ${say(2)} in \${input}\`)\n\treturn found.map(({ id, name }) => ({ id, label: name ?? "${say(2)}" }))\n}\n\n`,
  (random, say) =>
    `     ${random.int(1, 900)}→def ${say(2).replace(' ', '_')}(self, value):\n     ${random.int(1, 900)}→    """${say(9)}."""\n     ${random.int(1, 900)}→    return {"${say(1)}": value, "${say(1)}": [f"{x!r}" for x in value]}\n`,
  (random, say) =>
    `\u001b[32m✓\u001b[39m src/${say(1)}/${say(1)}.test.ts \u001b[2m(${random.int(1, 40)} tests)\u001b[22m ${random.int(2, 999)}ms\n\u001b[31mFAIL\u001b[39m ${say(6)}\n    at Object.<anonymous> (C:\\Users\\dev\\${say(1)}\\${say(1)}.js:${random.int(1, 900)}:${random.int(1, 80)})\n`,
  (random, say) =>
    `diff --git a/${say(1)}.go b/${say(1)}.go\nindex ${random.hex(7)}..${random.hex(7)} 100644\n@@ -${random.int(1, 99)},7 +${random.int(1, 99)},9 @@ func ${camel(say(2))}(ctx context.Context) error {\n-\treturn fmt.Errorf("${say(4)}: %w", err)\n+\tslog.Error("${say(3)}", "err", err)\n+\treturn errors.Join(err, Err${camel(say(2))})\n`,
  (random, say) =>
    `{"level":"INFO","time":${random.int(1_700_000_000, 1_790_000_000)},"msg":"${say(6)}","usage":{"input_tokens":${random.int(1, 99_999)},"output_tokens":${random.int(1, 999)}},"path":"/var/log/${say(1)}"}\n`,
  (random, say) =>
    `drwxr-xr-x  ${random.int(2, 30)} dev  staff   ${random.int(64, 4096)} Sep ${random.int(1, 30)} 09:${random.int(10, 59)} ${say(1)}\n-rw-r--r--  1 dev  staff  ${random.int(100, 99_999)} Oct ${random.int(1, 28)} 17:${random.int(10, 59)} ${say(1)}.json\n`,
  (_, say) => `${say(5)} — “${say(4)}”, café, naïve, größer, 東京の${say(2)} 🚆 ${say(6)}…\n`,
  (_, say) => `<${say(1)} class="${say(2)}" data-${say(1)}='{"type":"assistant"}'>\n  <p>${say(12)} &amp; ${say(3)}</p>\n</${say(1)}>\n`,
]

function camel(text: string): string {
  return text.replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** Writes a stock of paragraphs, code, logs and diffs once; each text is then assembled from pieces of it. */
export function proseFrom(random: Random): Prose {
  const say = (count: number) => Array.from({ length: count }, () => random.pick(words)).join(' ')
  const stock = Array.from({ length: 240 }, (_, index) => JSON.stringify(starts[index % starts.length]!(random, say)).slice(1, -1))
  // Most pages of a transcript are ASCII, and a page that is not is four times as slow to write.
  const ascii = stock.filter((piece) => Buffer.byteLength(piece) === piece.length)
  const pages = Array.from({ length: 60 }, (_, index) => {
    let page = ''
    while (page.length < 4_000) page += random.pick(index % 10 === 0 ? stock : ascii)
    return page
  })
  return (bytes) => {
    if (bytes < 60) return say(Math.max(1, Math.round(bytes / 6)))
    let text = ''
    while (text.length < bytes / 2 || text.length + 300 < bytes)
      text += bytes - text.length > 4_000 ? random.pick(pages) : random.pick(stock)
    return text
  }
}
