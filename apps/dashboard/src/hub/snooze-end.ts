export { type SnoozeEnd, toSnoozeEnd } from '@signalbox/client/snooze-end'
