// `/signalbox:status`: prints what the plugin does on this machine and what is wrong, without a key or anything of a session.
// The command has not the options of the plugin; what is printed about the hub is what the process that delivers has noted.

import fs from 'node:fs'
import { countOf, plural } from '@signalbox/contract/plural'
import { endOnOutputError } from '@signalbox/hub-address/output-error'
import { print } from '@signalbox/hub-address/print'
import { processExists } from '@signalbox/hub-address/process-start'
import { type Contact, isRefusal, readContact } from './contact.ts'
import { type DataFolder, dataFolderPath, listFiles, openDataFolder } from './data-folder.ts'
import { VERSION } from './version.ts'

endOnOutputError('signalbox')
const [root] = process.argv.slice(2)
const folder = open()
print(`Signalbox plugin ${VERSION}, Node ${process.versions.node}`)
const contact = readContact(folder)
if (contact === undefined) print('Nothing has been sent yet; the first event of a session is sent within a second.')
else for (const line of describe(contact)) print(line)

const waiting = [folder.queue, folder.spool].flatMap((place) => listFiles(place).filter((name) => !name.endsWith('.part'))).length
print(
  waiting === 0
    ? 'Everything has been delivered.'
    : `${countOf(waiting, 'file')} ${plural(waiting, 'waits', 'wait')} to be delivered; nothing is lost meanwhile.`,
)
const pid = Number(lastLines(folder.sender, 1)[0])
print(pid > 0 && processExists(pid) ? `Process ${pid} delivers.` : 'No process delivers now; the next event starts one.')
const problems = lastLines(folder.log, 5)
if (problems.length > 0) print(`Last entries of ${folder.log}:\n${problems.join('\n')}`)

function open(): DataFolder {
  try {
    return openDataFolder(root || dataFolderPath(process.env))
  } catch (error) {
    print(`The data folder cannot be used, so nothing is observed: ${(error as Error).message}`)
    process.exit(0)
  }
}

function describe({ url, from, machine, problem, at }: Contact): string[] {
  const age = Math.max(0, Math.round((Date.now() - at) / 1000))
  const when = age < 120 ? `${age} s ago` : `${Math.round(age / 60)} min ago`
  const hub = `Hub: ${url} (${from}), machine: ${machine}`
  if (problem === undefined) return [hub, `It took what was sent ${when}.`]
  const what = isRefusal(problem) ? 'It refused what was sent' : 'It could not be reached'
  return [hub, `${what} ${when}: ${problem}. ${adviceFor(problem)}`]
}

function adviceFor(problem: string): string {
  if (problem === 'HTTP 401') return 'The key is missing or wrong: run /signalbox:setup.'
  if (problem === 'HTTP 403') return 'The key needs the scope ingest: run /signalbox:setup.'
  if (problem === 'HTTP 404') return 'Check the address: something else answers there, or a hub that is too old.'
  if (/^HTTP 5/.test(problem)) return 'The hub has an error; its log says which.'
  if (problem === 'ECONNREFUSED') return 'Start the hub with: signalbox up'
  return 'Check the address, and that the hub runs.'
}

function lastLines(file: string, count: number): string[] {
  try {
    return fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count)
  } catch {
    return []
  }
}
