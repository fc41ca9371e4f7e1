import { readFileSync, writeFileSync } from 'node:fs'
import wabt from 'wabt'

const source = new URL('./src/transcript/claude-code/scan-kernel.wat', import.meta.url)
const target = new URL('./src/transcript/claude-code/scan-kernel.wasm', import.meta.url)

/** Compiles scan-kernel.wat. The result is stored in the repository, because compiling at start would take too long. */
export async function compileScanKernel(): Promise<Uint8Array> {
  const module = (await wabt()).parseWat('scan-kernel.wat', readFileSync(source, 'utf8'), { simd: true, bulk_memory: true })
  module.validate()
  return module.toBinary({}).buffer
}

if (import.meta.main) writeFileSync(target, await compileScanKernel())
