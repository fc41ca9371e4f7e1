// Compresses the large programs of the package better than npm does: the package has a limit, and most of it is code.
import fs from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'

/** Smaller ones save little. */
const MIN_BYTES = 20_000
/** What a short command needs first stays as it is: reading it is most of such a command. */
const plain = ['first.cjs', 'cli.cjs']
const LOADER = 'compressed.cjs'

/** Takes a program's text from the file beside it. Node keeps the compiled code of either in its cache, by its name. */
const loader = `'use strict'
const { readFileSync } = require('node:fs')
const { brotliDecompressSync } = require('node:zlib')
module.exports = (module) => module._compile(brotliDecompressSync(readFileSync(\`\${module.filename}.br\`)).toString(), module.filename, 'commonjs')
`

/** @param {string} folder the programs of a bundle, of which large ones become `NAME.br` and a line that loads it */
export function compressPrograms(folder) {
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name)
    const text = fs.readFileSync(file)
    if (!name.endsWith('.cjs') || plain.includes(name) || text.length < MIN_BYTES) continue
    const params = { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: text.length }
    fs.writeFileSync(`${file}.br`, brotliCompressSync(text, { params }))
    fs.writeFileSync(file, `require('./${LOADER}')(module)\n`)
  }
  fs.writeFileSync(path.join(folder, LOADER), loader)
}
