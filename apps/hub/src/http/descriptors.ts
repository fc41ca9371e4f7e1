import fs from 'node:fs'

/** How long a count holds, in milliseconds: health is asked without a limit. */
const COUNT_TTL_MS = 1_000
/** With fewer left, files and connections fail. */
const FEW = 16

export interface Descriptors {
  readonly open: number
  readonly limit: number
}

let counted: { readonly at: number; readonly descriptors: Descriptors | undefined } | undefined

/** The limit of open files of this process; undefined where the system does not say. */
export function descriptorLimit(): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(fs.readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return limit === undefined ? undefined : Number(limit)
  } catch {
    return undefined
  }
}

const limit = descriptorLimit()

/** The open files of this process; undefined where the system does not say. */
export function countDescriptors(): Descriptors | undefined {
  if (limit === undefined) return undefined
  const at = performance.now()
  if (counted === undefined || at - counted.at >= COUNT_TTL_MS) counted = { at, descriptors: read(limit) }
  return counted.descriptors
}

function read(limit: number): Descriptors | undefined {
  try {
    return { open: fs.readdirSync('/proc/self/fd').length, limit }
  } catch (error) {
    // The reading needs one itself.
    return (error as NodeJS.ErrnoException).code === 'EMFILE' ? { open: limit, limit } : undefined
  }
}

export function areFew({ open, limit }: Descriptors): boolean {
  return limit - open < FEW
}
