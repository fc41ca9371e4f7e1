/**
 * The spool folder inside DATA_DIR. The status line command of Claude Code writes one file per run, the JSON that the run
 * received. A file that parses as JSON is complete and never changes again; the collector removes it.
 */
export const STATUS_LINE_SPOOL = 'statusline/spool'
/** The suffix of the files in the spool folder. */
export const SPOOL_FILE_SUFFIX = '.json'
