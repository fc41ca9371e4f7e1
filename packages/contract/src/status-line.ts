/**
 * In DATA_DIR: what the status line command of Claude Code leaves for the collector, one file a session, each the JSON that
 * the command got. The latest replaces the one before it; the collector takes a file by renaming it, and removes it.
 */
export const STATUS_LINE_SPOOL = 'statusline/spool'
/** How a file of the spool ends when it is whole. */
export const SPOOLED = '.json'
/** How one ends that is being written. */
export const UNFINISHED = '.tmp'
