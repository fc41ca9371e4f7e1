import { readFileSync, writeFileSync } from 'node:fs'
import wabt from 'wabt'

const source = new URL('./src/scan/scan-kernel.wat', import.meta.url)
const target = new URL('./src/scan/scan-kernel.wasm', import.meta.url)

/** What scan-kernel.wasm has to be: made from the text beside it, by hand and not at start, which must be quick. */
export async function compileScanKernel(): Promise<Uint8Array> {
  const module = (await wabt()).parseWat('scan-kernel.wat', readFileSync(source, 'utf8'), { simd: true, bulk_memory: true })
  module.validate()
  return module.toBinary({}).buffer
}

if (import.meta.main) writeFileSync(target, await compileScanKernel())
