/** Renames the events of a paused monitor: alerts are what people get. */
export const monitorEvents = `
UPDATE event SET event = 'monitor.paused' WHERE event = 'alert.opened';
UPDATE event SET event = 'monitor.resumed' WHERE event = 'alert.closed';
`
