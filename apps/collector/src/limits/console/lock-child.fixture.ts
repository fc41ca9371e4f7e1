import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockProfile } from './lock.ts'

/** For tests: a process of its own that takes the lock some times, or keeps it until it is killed. */
const [file = '', log = '', times = '1'] = process.argv.slice(2)

for (let time = 0; time < (times === 'keep' ? 1 : Number(times)); time++) {
  const unlock = await lockProfile(file, 'reading', { waitMs: 30_000 })
  appendFileSync(log, `in ${process.pid}\n`)
  if (times === 'keep') {
    process.stdout.write('has it\n')
    await sleep(60_000)
  }
  await sleep(20)
  appendFileSync(log, `out ${process.pid}\n`)
  unlock()
}
