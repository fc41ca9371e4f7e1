// The end of `npm test`. Often only these lines of a CI run can be read, so they say all that one has to know.
const MAX_SLOW_FILES = 15
/** Failures beyond these are named without their errors. */
const MAX_ERRORS = 20

/**
 * @param {{ checks: { name: string, passed: boolean, output: string }[], reports: import('./report.mjs').Report[], phases: [string, number][] }} run
 *   `phases` have their wall time in milliseconds
 * @returns {{ text: string, failed: number }}
 */
export function summaryOf({ checks, reports, phases }) {
  const failures = [...checks.filter(({ passed }) => !passed).map(checkFailure), ...reports.flatMap((report) => report.failures)]
  const sum = (kind) => reports.reduce((total, report) => total + report[kind], 0)
  const passed = checks.length - checks.filter((check) => !check.passed).length + sum('passed')
  const retried = reports.flatMap((report) => report.retried)
  const lines = [
    '',
    'Slowest files, by wall time:',
    ...longest(reports.flatMap(({ files }) => files)),
    ...costSection(reports.flatMap(({ costs = [] }) => costs)),
    'Phases:',
    ...phases.map(([name, ms]) => `  ${seconds(ms)}  ${name}`),
    ...section('Passed at the second try, a fault to mend:', retried.flatMap(failureLines)),
    ...section('Failed:', failures.flatMap(failureLines)),
    `${passed} passed, ${failures.length} failed${sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''}`,
  ]
  return { text: lines.join('\n'), failed: failures.length }
}

function checkFailure({ name, output }) {
  return { name, error: output.trimEnd().split('\n').slice(0, 12) }
}

function failureLines({ name, error }, index) {
  return index < MAX_ERRORS ? [name, ...error.map((line) => `    ${line}`)] : [name]
}

function section(title, lines) {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)]
}

function costSection(costs) {
  if (costs.length === 0) return []
  const total = costs.reduce((sum, { ms }) => sum + ms, 0)
  return [`Most processor time, of ${seconds(total).trim()} without the browser:`, ...longest(costs)]
}

function longest(files) {
  return files
    .toSorted((one, other) => other.ms - one.ms)
    .slice(0, MAX_SLOW_FILES)
    .map(({ name, ms }) => `  ${seconds(ms)}  ${name}`)
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1).padStart(7)} s`
}
