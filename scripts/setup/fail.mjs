/**
 * Ends the process after printing the problem and what to do about it.
 * @param {string} problem
 * @param {string} advice
 * @returns {never}
 */
export function fail(problem, advice) {
  console.error(`signalbox: ${problem} ${advice}`)
  process.exit(1)
}
