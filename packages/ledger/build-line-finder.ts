import { readFileSync, writeFileSync } from 'node:fs'
import wabt from 'wabt'

const source = new URL('./src/scan/line-finder.wat', import.meta.url)
const target = new URL('./src/scan/line-finder.wasm', import.meta.url)

/** What line-finder.wasm has to be: made from the text beside it, by hand and not at start, which must be quick. */
export async function compileLineFinder(): Promise<Uint8Array> {
  const module = (await wabt()).parseWat('line-finder.wat', readFileSync(source, 'utf8'), { simd: true })
  module.validate()
  return module.toBinary({}).buffer
}

if (import.meta.main) writeFileSync(target, await compileLineFinder())
