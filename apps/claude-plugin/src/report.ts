// `/signalbox:status`: prints what the plugin does on this machine and what is wrong, without a key or anything of a session.
// The command has not the options of the plugin; what is printed about the hub is what the process that delivers has noted.
import fs from 'node:fs'
import { processExists } from '@signalbox/hub-address/process-start'
import { type Contact, readContact } from './contact.ts'
import { type DataFolder, dataFolderPath, listFiles, openDataFolder } from './data-folder.ts'
import { VERSION } from './version.ts'

const [root] = process.argv.slice(2)
const folder = open()
console.log(`Signalbox plugin ${VERSION}, Node ${process.versions.node}`)
const contact = readContact(folder)
if (contact === undefined) console.log('Nothing has been sent yet; the first event of a session is sent within a second.')
else for (const line of describe(contact)) console.log(line)

const waiting = [folder.queue, folder.spool].flatMap((place) => listFiles(place).filter((name) => !name.endsWith('.part'))).length
console.log(waiting === 0 ? 'Everything has been delivered.' : `${waiting} file(s) wait to be delivered; nothing is lost meanwhile.`)
const pid = Number(lastLines(folder.sender, 1)[0])
console.log(pid > 0 && processExists(pid) ? `Process ${pid} delivers.` : 'No process delivers now; the next event starts one.')
const problems = lastLines(folder.log, 5)
if (problems.length > 0) console.log(`Last entries of ${folder.log}:\n${problems.join('\n')}`)

function open(): DataFolder {
  try {
    return openDataFolder(root || dataFolderPath(process.env))
  } catch (error) {
    console.log(`The data folder cannot be used, so nothing is observed: ${(error as Error).message}`)
    process.exit(0)
  }
}

function describe({ url, from, machine, problem, at }: Contact): string[] {
  const age = Math.max(0, Math.round((Date.now() - at) / 1000))
  const when = age < 120 ? `${age} s ago` : `${Math.round(age / 60)} min ago`
  const hub = `Hub: ${url} (${from}), machine: ${machine}`
  if (problem === undefined) return [hub, `It took what was sent ${when}.`]
  return [hub, `It could not be reached ${when}: ${problem}. ${adviceFor(problem)}`]
}

function adviceFor(problem: string): string {
  if (problem === 'HTTP 401') return 'The key is missing or wrong: run /signalbox:setup.'
  if (problem === 'HTTP 403') return 'The key needs the scope ingest: run /signalbox:setup.'
  if (problem === 'HTTP 404') return 'The hub is too old, or something else answers there.'
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
