/** A file or folder that could not be read and was skipped. */
export interface Problem {
  readonly path: string
  readonly message: string
}

/** Describes an error of the file system. */
export function describeFileError(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'does not exist (any more)'
  if (code === 'EACCES' || code === 'EPERM') return 'is not readable for this user'
  if (code === 'ELOOP') return 'is a link to itself'
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`
}
