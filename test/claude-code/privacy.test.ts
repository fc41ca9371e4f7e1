import fs from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { agent, bash, type Step, script, text, tool } from '../support/messages-api.ts'
import { repositoryRoot } from '../support/repository.ts'
import { tempFolder } from '../support/temp.ts'
import { install } from './board/installation.ts'
import { ShownSessions } from './board/shown-sessions.ts'
import { claudeCode, newest } from './client.ts'
import { type ClientHome, clientHome } from './client-home.ts'
import { type RecordingProxy, startRecordingProxy } from './recording-proxy.ts'

/** Words that stand where a person's secrets are: each in a place of its own. */
const planted = {
  'first prompt': 'zebrafinch',
  'prompt of a later turn': 'quillworth',
  'prompt of a -p run': 'marrowgate',
  command: 'oxlip',
  'output of a command': 'thistledown',
  'name of a file': 'bramblecote',
  'content of a file': 'sorrelwick',
  answer: 'kestrelmere',
  'prompt of a subagent': 'foxglove',
  'description of a subagent': 'hawthornby',
  'answer of a subagent': 'larkspur',
  'question to the person': 'meadowsweet',
  'description of a task': 'nightjarrow',
  'error of a tool': 'yarrowfield',
}

/** A folder's files as text, wherever a word may stand in them. */
function readAll(folder: string): { file: string; text: string }[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => ({ file: path.relative(folder, file), text: fs.readFileSync(file, 'utf8') }))
}

/** Writes the words of an output apart, so that the command does not contain them. */
const printApart = (words: string) => `printf '%s%s\\n' ${words.slice(0, 4)} ${words.slice(4)}`

async function startThroughProxy(home: ClientHome) {
  const folder = tempFolder()
  let proxy: RecordingProxy | undefined
  const installation = await install({
    folder,
    configs: [home.config],
    through: async (url) => {
      proxy = await startRecordingProxy(url)
      return proxy.url
    },
  })
  onTestFinished(async () => {
    await installation.stop()
    await proxy?.stop()
  })
  return { folder, installation, proxy: proxy! }
}

test('no prompt, command, output, name of a file or input of a tool is in the database, a log or on the network', async ({ skip }) => {
  const client = await claudeCode(newest, skip)
  const home = await clientHome({
    settings: { permissions: { defaultMode: 'bypassPermissions' } },
    env: { CLAUDE_CODE_ENABLE_TODO_TOOLS: '1' },
  })
  const { folder, installation, proxy } = await startThroughProxy(home)
  const env = { SIGNALBOX_URL: proxy.url, SIGNALBOX_API_KEY: installation.key, MACHINE_ID: installation.machine }
  const args = ['--plugin-dir', path.join(repositoryRoot, 'apps/claude-plugin')]
  const cwd = await home.project()
  const file = path.join(cwd, `${planted['name of a file']}.txt`)
  const say = (words: string, ...steps: Step[]) => `${words}\n${script(...steps)}`

  const terminal = home.terminal(client, { cwd, args, env })
  const { sessionId } = await terminal.ready()
  await terminal.submit(
    say(
      planted['first prompt'],
      bash(`true ${planted.command}`),
      bash(printApart(planted['output of a command'])),
      bash(`${printApart(planted['error of a tool'])} >&2; exit 3`),
      tool('Write', { file_path: file, content: planted['content of a file'] }),
      tool('Read', { file_path: file }),
      tool('TaskCreate', { subject: 'Sort the shelf', description: planted['description of a task'] }),
      text(planted.answer),
    ),
  )
  await terminal.waitForAnswer(planted.answer)
  const below = agent([text(planted['answer of a subagent'])], {
    description: planted['description of a subagent'],
    say: planted['prompt of a subagent'],
  })
  await terminal.submit(say(planted['prompt of a later turn'], below, text('Later.'), text('Noticed.')))
  await terminal.waitForAnswer('Noticed.')
  const options = ['Left', 'Right'].map((label) => ({ label, description: label }))
  const questions = [{ question: `${planted['question to the person']}?`, header: 'Way', multiSelect: false, options }]
  await terminal.submit(script(tool('AskUserQuestion', { questions }), text('Thanks.')))
  await terminal.waitForProcessFile(({ status }) => status === 'waiting')
  const shown = new ShownSessions(() => installation.url, installation.key)
  await expect.poll(async () => (await shown.all()).get(sessionId)?.waiting_for).toBe('input')
  await terminal.answerQuestion()
  await terminal.waitForAnswer('Thanks.')
  // The branch of a conversation is named after its first prompt, and so is the branch of a branch.
  let branched = sessionId
  for (const _ of [1, 2]) {
    const before = branched
    await terminal.submit('/branch')
    branched = (await terminal.waitForProcessFile((one) => one.sessionId !== before && one.status === 'idle')).sessionId
    await expect.poll(async () => (await shown.all()).get(branched)?.claude_code?.pid).toBe(await terminal.pid())
  }
  await terminal.submit('/exit')
  await terminal.ended
  await home.print(client, cwd, ['-p', say(planted['prompt of a -p run'], text('Printed.')), ...args], env).finished
  await expect.poll(async () => [...(await shown.all()).values()].filter(({ status }) => status === 'completed').length).toBe(4)
  // What the plugin has spooled is sent by a process of its own.
  await expect.poll(async () => (await shown.timeline(branched)).some(({ source }) => source === 'hook')).toBe(true)
  await installation.stopCollector()
  await installation.stopHub()

  const said = readAll(path.join(home.config, 'projects'))
    .map((one) => one.text)
    .join('\n')
  expect(Object.values(planted).filter((word) => !said.includes(word))).toEqual([])
  const everywhere = [
    ...readAll(path.join(folder, 'hub')),
    ...readAll(path.join(folder, 'collector')),
    { file: 'log', text: installation.log() },
    ...proxy.requests.map(({ method, path, text }) => ({ file: `${method} ${path}`, text })),
  ]
  expect(everywhere.filter((one) => one.text.includes(sessionId)).map(({ file }) => file)).toEqual(
    expect.arrayContaining(['signalbox.db', 'ledger.db', 'POST /sessions/observations']),
  )
  const found = Object.entries(planted).flatMap(([where, word]) => {
    const places = everywhere.filter((one) => one.text.includes(word)).map(({ file }) => file)
    return places.length === 0 ? [] : [`${where}: ${[...new Set(places)].join(', ')}`]
  })
  expect(found).toEqual([])
  // Nothing was sent to another place either: the client itself looks for updates of its plugins.
  expect(home.api.outside.filter((host) => !/^(downloads\.claude\.ai|github\.com):443$/.test(host))).toEqual([])
})
