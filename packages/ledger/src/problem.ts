/** Something in the way, which the work went around. */
export interface Problem {
  readonly path: string
  readonly message: string
}

/** Why the file system said no, in words. */
export function fileProblem(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'is not there (any more)'
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user'
  if (code === 'ELOOP') return 'is a link that leads to itself'
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`
}
