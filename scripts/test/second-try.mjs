/** More failures than these are no accident of a busy machine. */
const MAX_FAILURES = 8

/**
 * Runs the files that failed once more, alone. What passes then failed because of what ran beside it: a fault of the test or of the
 * product, which the summary names with its error, but not a reason to hold a change back.
 * @param {import('./report.mjs').Report[]} reports of a whole run
 * @param {(files: string[]) => Promise<import('./report.mjs').Report>} run runs these test files, one at a time
 * @returns {Promise<import('./report.mjs').Report[]>} the reports, with what the second try has changed
 */
export async function trySecondTime(reports, run) {
  const failures = reports.flatMap((report) => report.failures)
  const files = [...new Set(failures.map(({ file }) => file))]
  if (failures.length === 0 || failures.length > MAX_FAILURES || files.includes(undefined)) return reports
  const second = await run(files)
  if (second.passed === 0) return reports
  const failedAgain = new Set(second.failures.map(({ file }) => file))
  return reports.map((report) => afterSecondTry(report, failedAgain))
}

function afterSecondTry(report, failedAgain) {
  // A run that broke off names no file.
  const isMended = ({ file }) => !failedAgain.has(undefined) && !failedAgain.has(file)
  const mended = report.failures.filter(isMended)
  const failures = report.failures.filter((one) => !isMended(one))
  return {
    ...report,
    passed: report.passed + mended.length,
    failed: failures.length,
    failures,
    retried: [...report.retried, ...mended.map(({ name, error }) => ({ name, error }))],
  }
}
