import { expect, test } from 'vitest'
import { run } from './support/child.ts'

const zone = new URL('../packages/usage/src/zone.ts', import.meta.url).href

// Two names of one zone: Date answers for the machine's own, Intl for the other.
const compare = `
  const { zoneClock, useMachineClock, startOfDay } = await import(process.env.ZONE_FILE)
  const [machine, other] = process.env.NAMES.split(' ')
  useMachineClock(machine)
  const [ours, theirs] = [machine, other].map(zoneClock)
  const differences = []
  for (let ms = Date.UTC(2024, 0, 1); ms < Date.UTC(2028, 0, 1); ms += 900_000) if (ours(ms) !== theirs(ms)) differences.push(new Date(ms).toISOString())
  console.log(JSON.stringify({ differences: differences.slice(0, 5), day: new Date(startOfDay(machine, '2026-10-25')).toISOString() }))
`

test.each([
  ['Europe/Berlin', 'Europe/Oslo', '2026-10-24T22:00:00.000Z'],
  ['America/New_York', 'US/Eastern', '2026-10-25T04:00:00.000Z'],
  ['Asia/Kathmandu', 'Asia/Katmandu', '2026-10-24T18:15:00.000Z'],
  ['Australia/Lord_Howe', 'Australia/LHI', '2026-10-24T13:00:00.000Z'],
])('the clock of a machine in %s agrees with Intl', async (machine, other, day) => {
  const env = { TZ: machine, NAMES: `${machine} ${other}`, ZONE_FILE: zone }
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', compare], { env })
  expect({ ...JSON.parse(stdout || '{}'), stderr: stderr.replace(/.*ExperimentalWarning.*\n.*\n/, '') }).toEqual({
    differences: [],
    day,
    stderr: '',
  })
})
