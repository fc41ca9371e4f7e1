/** How a reading is read into rows, as the terminal does it. */
export { clockShare, type Level, levelOf, missingOf, rowsOf, type WindowRow } from '@signalbox/client/limit-row'
