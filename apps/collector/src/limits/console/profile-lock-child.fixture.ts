import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockProfile } from './profile-lock.ts'

/** For tests: a process that takes and releases the lock several times, or holds it until it is killed. */
const [file = '', log = '', times = '1'] = process.argv.slice(2)

process.stdout.write('waiting\n')
for (let time = 0; time < (times === 'hold' ? 1 : Number(times)); time++) {
  const unlock = await lockProfile(file, 'snapshot', { waitMs: 30_000 })
  appendFileSync(log, `locked ${process.pid}\n`)
  if (times === 'hold') {
    process.stdout.write('locked\n')
    await sleep(60_000)
  }
  await sleep(20)
  appendFileSync(log, `released ${process.pid}\n`)
  unlock()
}
