/** The most calls in one POST; the collector sends pages of this size. */
export const MAX_CALLS_PER_POST = 5_000
/** The largest ingest body, in bytes after decompression. */
export const MAX_INGEST_BYTES = 8 * 1024 * 1024
