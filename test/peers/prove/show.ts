import { findDesktop } from '../../../apps/collector/src/desktop/notify-send.ts'

/** Shows notices on the desktop of this session: those of the argument, as JSON. Prints which were shown. */
const desktop = findDesktop(process.env)
const shown: boolean[] = []
for (const notice of JSON.parse(process.argv[2] ?? '[]')) shown.push((await desktop?.show(notice)) ?? false)
process.stdout.write(`${JSON.stringify(shown)}\n`)
