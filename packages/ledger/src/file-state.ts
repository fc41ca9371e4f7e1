/** The stored state of a transcript, from which only new parts are read. */
export interface FileState {
  readonly path: string
  readonly dev: number
  readonly ino: number
  /** The size in bytes when the file was last read to its end; -1 while a part is unread. */
  readonly size: number
  /** Milliseconds since 1970, with the fraction of the file system. */
  readonly mtime: number
  /** The end of the last complete line that was read, in bytes. */
  readonly offset: number
  /** The hash of the first bytes and of those before `offset`. */
  readonly fingerprint: string
  /** The number of lines before `offset` that could not be read completely. */
  readonly badLines: number
  /** What the scanner has to know of the part before `offset`, in a form of its own; empty for nothing. */
  readonly scannerState: string
  /** Since when the file has existed, as far as known: milliseconds since 1970. */
  readonly born: number
}
