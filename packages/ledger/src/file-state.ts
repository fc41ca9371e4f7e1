/** What is remembered of a transcript, enough to read only what is new in it. */
export interface FileState {
  readonly path: string
  readonly dev: number
  readonly ino: number
  /** Bytes it had when it was last read to its end; -1 while a part of it is still to be read. */
  readonly size: number
  /** Milliseconds, with the fraction the file system keeps. */
  readonly mtime: number
  /** Bytes up to the end of the last whole line that was read. */
  readonly offset: number
  /** Of the first bytes, and of those before `offset`. */
  readonly fingerprint: string
  /** Lines up to `offset` of which something could not be read. */
  readonly badLines: number
}
