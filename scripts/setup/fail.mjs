/**
 * Ends the process with what went wrong and what to do.
 * @param {string} problem
 * @param {string} advice
 * @returns {never}
 */
export function fail(problem, advice) {
  console.error(`signalbox: ${problem} ${advice}`)
  process.exit(1)
}
