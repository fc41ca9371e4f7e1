// Compresses the large programs of the package better than npm does: the package has a limit, and most of it is code.
import fs from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'

/** Smaller ones save little. */
const MIN_BYTES = 20_000
/** Those of a hub and a collector, which are compressed as one: they have much in common, and take long to start anyway. */
const MIN_SHARED_BYTES = 60_000
/** What a short command needs first stays as it is: reading it is most of such a command. */
const plain = ['first.cjs', 'cli.cjs']
const LOADER = 'compressed.cjs'
const SHARED = 'shared.br'

/**
 * Takes a program's text from the file beside it, or from that of several, whose first line has their names and lengths. Node
 * keeps the compiled code of either in its cache, by its name.
 */
const loader = `'use strict'
const { readFileSync } = require('node:fs')
const path = require('node:path')
const { brotliDecompressSync } = require('node:zlib')
const read = (file) => brotliDecompressSync(readFileSync(file))
let shared
function readShared() {
  const all = read(path.join(__dirname, '${SHARED}'))
  let at = all.indexOf(10) + 1
  return new Map(JSON.parse(all.subarray(0, at)).map(([name, length]) => [name, all.subarray(at, (at += length))]))
}
exports.load = (module) => module._compile(read(\`\${module.filename}.br\`).toString(), module.filename, 'commonjs')
exports.loadShared = (module) => module._compile((shared ??= readShared()).get(path.basename(module.filename)).toString(), module.filename, 'commonjs')
`

/** @param {string} folder the programs of a bundle, of which large ones become `NAME.br`, or a part of one file, and a line that loads it */
export function compressPrograms(folder) {
  const programs = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.cjs') && !plain.includes(name))
    .map((name) => ({ name, text: fs.readFileSync(path.join(folder, name)) }))
  const shared = programs.filter(({ text }) => text.length >= MIN_SHARED_BYTES)
  for (const { name, text } of programs) {
    if (text.length < MIN_BYTES) continue
    const isShared = shared.some((one) => one.name === name)
    if (!isShared) fs.writeFileSync(path.join(folder, `${name}.br`), compress(text))
    fs.writeFileSync(path.join(folder, name), `require('./${LOADER}').${isShared ? 'loadShared' : 'load'}(module)\n`)
  }
  const names = `${JSON.stringify(shared.map(({ name, text }) => [name, text.length]))}\n`
  fs.writeFileSync(path.join(folder, SHARED), compress(Buffer.concat([Buffer.from(names), ...shared.map(({ text }) => text)])))
  fs.writeFileSync(path.join(folder, LOADER), loader)
}

function compress(text) {
  const { BROTLI_PARAM_LGWIN, BROTLI_PARAM_MODE, BROTLI_PARAM_SIZE_HINT, BROTLI_MODE_TEXT } = constants
  return brotliCompressSync(text, {
    params: { [BROTLI_PARAM_MODE]: BROTLI_MODE_TEXT, [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: text.length },
  })
}
