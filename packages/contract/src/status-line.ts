/**
 * In DATA_DIR: what the status line command of Claude Code leaves for the collector, one file a run, each the JSON that the
 * run got. A file is whole when it is JSON, never changes then, and is removed by the collector.
 */
export const STATUS_LINE_SPOOL = 'statusline/spool'
/** How a file of the spool ends. */
export const SPOOLED = '.json'
