import { printableText } from '@signalbox/contract/printable'
import type { Io, Output } from './io.ts'

/** The streams behind the safe ones, for what draws on the terminal. */
const behind = new WeakMap<Output, Output>()

/**
 * The same streams, on which no text can command the terminal: names and paths come from transcripts and from other machines.
 * Every command gets these. Bytes pass as they are: they are the output of another program, which `signalbox run` runs.
 */
export function withPrintableOutput(io: Io): Io {
  const [stdout, stderr] = [printableOutput(io.stdout), printableOutput(io.stderr)]
  return new Proxy(io, {
    get: (target, name) => (name === 'stdout' ? stdout : name === 'stderr' ? stderr : Reflect.get(target, name)),
  })
}

/** The stream itself, for a progress bar, which moves the cursor. */
export function drawableOutput(output: Output): Output {
  return behind.get(output) ?? output
}

function printableOutput(output: Output): Output {
  const write = (chunk: string | Uint8Array, ...rest: unknown[]) =>
    (output.write as (...args: unknown[]) => boolean).call(output, typeof chunk === 'string' ? printableText(chunk) : chunk, ...rest)
  const safe = new Proxy(output, {
    get(target, name) {
      if (name === 'write') return write
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  behind.set(safe, output)
  return safe
}
