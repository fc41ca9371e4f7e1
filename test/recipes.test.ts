import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from './support/child.ts'
import { repositoryRoot, textOf } from './support/repository.ts'
import { makeTempFolder, removeFolder } from './support/temp.ts'

// The recipes of CONTRIBUTING.md, followed in a copy of the repository: a sibling is copied, its list gets one entry, and
// the checks of the repository must accept the result. A place that a recipe does not name would fail here.

interface Recipe {
  /** What the recipe adds, as in the first column of CONTRIBUTING.md. */
  readonly adds: string
  /** Copied files, each with its copy. */
  readonly copies: Readonly<Record<string, string>>
  /** Replacements in the copies, in order. */
  readonly renames: readonly (readonly [from: RegExp, to: string])[]
  /** Lists that get an entry: the text before the new one, and the new one. */
  readonly entries: Readonly<Record<string, readonly (readonly [before: RegExp, entry: string])[]>>
  /** Documents that get a section, without which the tests of documents fail. */
  readonly documents?: Readonly<Record<string, string>>
  /** The test of the copy, where the sibling has one of its own. */
  readonly test?: string
}

const LIMITS = 'apps/collector/src/limits'
const TOOLS = 'packages/tools/src'
const TRANSCRIPTS = 'packages/ledger/src/transcript'
const TODAY = 'apps/dashboard/src/today'

const recipes: readonly Recipe[] = [
  {
    adds: 'a transcript of another agent',
    copies: {
      ...copiesIn(TRANSCRIPTS, 'codex', 'sample-agent', ['source.ts', 'parse-row.ts', 'rollout-reader.ts', 'scan-rollout.ts']),
      [`${TRANSCRIPTS}/codex/scan-rollout.test.ts`]: `${TRANSCRIPTS}/sample-agent/scan-rollout.test.ts`,
    },
    renames: [
      [/(?<=const |agentTitles\.)codex\b/g, 'sampleAgent'],
      [/agentTitles\.sampleAgent/g, "agentTitles['sample-agent']"],
      [/codex(?=[:'])/g, 'sample-agent'],
      [/(?<=')rollout(?=-?')/g, 'sample'],
    ],
    entries: {
      [`${TRANSCRIPTS}/sources.ts`]: [
        [/^import type \{ Scanner/m, "import { sampleAgent } from './sample-agent/source.ts'\n"],
        [/(?<=\[codex, )/, 'sampleAgent, '],
      ],
      'packages/contract/src/agent.ts': [[/(?=\} as const satisfies)/, "  'sample-agent': 'Sample Agent',\n"]],
    },
    test: `${TRANSCRIPTS}/sample-agent/scan-rollout.test.ts`,
  },
  {
    adds: 'a source of plan limits',
    copies: {
      [`${LIMITS}/claude-json.ts`]: `${LIMITS}/sample-file.ts`,
      [`${LIMITS}/claude-json.test.ts`]: `${LIMITS}/sample-file.test.ts`,
    },
    renames: [
      [/claudeJson\b/g, 'sampleFile'],
      [/ClaudeJson\b/g, 'SampleFile'],
      [/claude-json/g, 'sample-file'],
    ],
    entries: {
      [`${LIMITS}/sources.ts`]: [
        [/^import \{ statusline \}/m, "import { sampleFile } from './sample-file.ts'\n"],
        [/(?<=\[claudeJson, statusline\(spool\), consoleSource)/, ', sampleFile'],
      ],
      'packages/contract/src/limit-source.ts': [
        [/(?=\} as const satisfies Record<string, LimitSourceTraits>)/, "  'sample-file': { coversWholePlan: true },\n"],
      ],
    },
    test: `${LIMITS}/sample-file.test.ts`,
  },
  {
    adds: 'a command',
    copies: {
      'apps/cli/src/command/doctor.ts': 'apps/cli/src/command/checkup.ts',
      'apps/cli/src/command/doctor.test.ts': 'apps/cli/src/command/checkup.test.ts',
    },
    renames: [
      [/\bdoctor(?=\(command)/g, 'checkup'],
      [/'doctor'/g, "'checkup'"],
      // One test shows that the copy runs; all of them start forty programs without compiled code.
      [/^test(?=\.each|\((?!'missing parts are warnings))/gm, 'test.skip'],
    ],
    entries: {
      'apps/cli/src/command-list.ts': [
        [
          /(?= {2}\{\n {4}name: 'doctor',)/,
          "  { name: 'checkup', about: 'a second doctor', load: async () => (await import('./command/checkup.ts')).checkup },\n",
        ],
      ],
    },
    documents: { 'docs/cli.md': '\n## `signalbox checkup`\n\n`signalbox checkup` is a second doctor.\n' },
    test: 'apps/cli/src/command/checkup.test.ts',
  },
  {
    adds: 'a route',
    copies: {
      'packages/contract/src/key.ts': 'packages/contract/src/badge.ts',
      'apps/hub/src/routes/key.ts': 'apps/hub/src/routes/badge.ts',
      'apps/hub/src/routes/key.test.ts': 'apps/hub/src/routes/badge.test.ts',
    },
    renames: [
      [/contract\/key\b/g, 'contract/badge'],
      [/\bkeyRoutes\b/g, 'badgeRoutes'],
      [/export function key\(/g, 'export function badge('],
      [/\/api\/keys\b/g, '/api/badges'],
      [/(?<=id: ')(Key|CreateKey|CreatedKey)(?=')/g, '$1Badge'],
    ],
    entries: {
      'apps/hub/src/app.ts': [
        [/^import \{ claudeUsage \}/m, "import { badge } from './routes/badge.ts'\n"],
        [/(?<= {2}key,\n)/, '  badge,\n'],
      ],
    },
    documents: { 'docs/http.md': '\n`GET /api/badges`, `POST /api/badges`, `GET /api/badges/:key_id`, `DELETE /api/badges/:key_id`\n' },
    test: 'apps/hub/src/routes/badge.test.ts',
  },
  {
    adds: 'a tool of the MCP server',
    copies: {
      [`${TOOLS}/tool/machines-list.ts`]: `${TOOLS}/tool/computers-list.ts`,
      [`${TOOLS}/tool/machines-list.test.ts`]: `${TOOLS}/tool/computers-list.test.ts`,
    },
    renames: [
      [/machinesList\b/g, 'computersList'],
      [/machines_list/g, 'computers_list'],
    ],
    entries: {
      [`${TOOLS}/tool-list.ts`]: [
        [/^import \{ hubHealth \}/m, "import { computersList } from './tool/computers-list.ts'\n"],
        [/(?<= {2}machinesList,\n)/, '  computersList,\n'],
      ],
    },
    documents: { 'docs/mcp.md': '\n| `computers_list` | machines again | `read` |\n' },
    test: `${TOOLS}/tool/computers-list.test.ts`,
  },
  {
    adds: 'a panel on Today',
    copies: { [`${TODAY}/month-panel.tsx`]: `${TODAY}/season-panel.tsx`, [`${TODAY}/month-panel.css`]: `${TODAY}/season-panel.css` },
    renames: [
      [/MonthPanel\b/g, 'SeasonPanel'],
      [/month-panel/g, 'season-panel'],
    ],
    entries: {
      [`${TODAY}/today.tsx`]: [
        [/^import \{ TodaySentence \}/m, "import { SeasonPanel } from './season-panel.tsx'\n"],
        [/(?<=month: MonthPanel, )/, 'season: SeasonPanel, '],
      ],
    },
  },
]

function copiesIn(parent: string, from: string, to: string, files: readonly string[]): Record<string, string> {
  return Object.fromEntries(files.map((file) => [`${parent}/${from}/${file}`, `${parent}/${to}/${file}`]))
}

const copy = makeTempFolder()
afterAll(() => removeFolder(copy))

beforeAll(async () => {
  await copyRepository()
  for (const { copies, renames, entries, documents = {} } of recipes) {
    for (const [from, to] of Object.entries(copies)) {
      write(
        to,
        renames.reduce((text, [pattern, by]) => text.replace(pattern, by), read(from)),
      )
    }
    for (const [list, places] of Object.entries(entries)) {
      for (const [before, entry] of places) insert(list, before, entry)
    }
    for (const [document, section] of Object.entries(documents)) write(document, read(document) + section)
  }
})

describe.each(recipes)('$adds', ({ adds, copies, entries, documents = {} }) => {
  it('is one file, its test and one line in a list', () => {
    const additions = Object.keys(entries)
    // A source also needs its name in the contract, which settings and the hub know it by.
    expect(additions.length).toBeLessThanOrEqual(['a source of plan limits', 'a transcript of another agent'].includes(adds) ? 2 : 1)
    for (const places of Object.values(entries)) expect(places.filter(([, entry]) => !entry.startsWith('import '))).toHaveLength(1)
    expect(Object.keys(documents).length).toBeLessThanOrEqual(1)
  })

  it('has a row in CONTRIBUTING.md that names every place', () => {
    const row = textOf('CONTRIBUTING.md')
      .split('\n')
      .find((line) => line.startsWith(`| ${adds} |`))
    const sources = Object.keys(copies).filter((file) => !file.includes('.test.'))
    const places = [
      ...sources.map((file) => (row?.includes(path.posix.dirname(file)) ? path.posix.basename(file) : file)),
      ...Object.keys(entries),
      ...Object.keys(documents),
    ]
    expect(places.filter((place) => !row?.includes(place))).toEqual([])
  })
})

describe('a copy of the repository in which every recipe was followed', () => {
  it('has no type error', async () => {
    const tsc = path.join(repositoryRoot, 'node_modules/typescript/bin/tsc')
    const results = await Promise.all(
      ['.', 'apps/dashboard'].map((project) => run(process.execPath, [tsc, '-p', project, '--checkers', '1'], { cwd: copy })),
    )
    expect(results.map(({ stdout }) => stdout)).toEqual(['', ''])
    // Two compilers at once want all of a busy machine for long.
  }, 300_000)

  it('lets TRANSCRIPT_SOURCES name the new agent, whose folders are then found', async () => {
    const code = `
      const { findTranscriptPlaces } = await import('./packages/ledger/src/index.ts')
      console.log(findTranscriptPlaces({ TRANSCRIPT_SOURCES: 'sample-agent', CODEX_HOME: '/sample' })[0].app)
    `
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd: copy })
    expect({ stdout, stderr }).toEqual({ stdout: 'Sample Agent\n', stderr: '' })
  })

  it('lets LIMIT_SOURCES name the new source', async () => {
    const code = `
      const { readSettings } = await import('./packages/contract/src/setting.ts')
      console.log(readSettings({ LIMIT_SOURCES: 'sample-file' }, ['LIMIT_SOURCES']).LIMIT_SOURCES.join())
    `
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd: copy })
    expect({ stdout, stderr }).toEqual({ stdout: 'sample-file\n', stderr: '' })
  })

  it('passes the tests of boundaries, documents and lists, and those of the copied siblings', async () => {
    const lists = [
      'test/boundaries.test.ts',
      'test/docs.test.ts',
      'apps/hub/src/routes/docs.test.ts',
      'packages/tools/src/tool-list.test.ts',
      'apps/collector/src/limits/run-sources.test.ts',
    ]
    const files = [...lists, ...recipes.flatMap(({ test }) => test ?? [])]
    const vitest = path.join(copy, 'node_modules/vitest/vitest.mjs')
    const { code, stdout, stderr } = await run(process.execPath, [vitest, 'run', '--reporter=dot', '--maxWorkers=2', ...files], {
      cwd: copy,
    })
    expect({ code, output: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, output: '' })
  }, 180_000)
})

/** Copies the files that git knows, or would add, and links the installed packages; those of the workspace come from the copy. */
async function copyRepository(): Promise<void> {
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: repositoryRoot })
  for (const file of stdout.split('\0')) {
    const source = path.join(repositoryRoot, file)
    if (file === '' || !fs.existsSync(source)) continue
    fs.mkdirSync(path.dirname(path.join(copy, file)), { recursive: true })
    fs.copyFileSync(source, path.join(copy, file))
  }
  linkPackages(path.join(repositoryRoot, 'node_modules'), path.join(copy, 'node_modules'))
}

function linkPackages(from: string, to: string): void {
  fs.mkdirSync(to)
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)]
    if (entry.isSymbolicLink()) fs.symlinkSync(path.join(copy, path.relative(repositoryRoot, fs.realpathSync(source))), target, 'junction')
    else if (entry.isDirectory() && entry.name === '@signalbox') linkPackages(source, target)
    else if (entry.isDirectory()) fs.symlinkSync(source, target, 'junction')
  }
}

function read(file: string): string {
  return fs.readFileSync(path.join(copy, file), 'utf8')
}

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(copy, file)), { recursive: true })
  fs.writeFileSync(path.join(copy, file), text)
}

function insert(file: string, before: RegExp, entry: string): void {
  const text = read(file)
  const at = text.search(before)
  if (at === -1) throw new Error(`${file} has no place for ${entry.trim()}`)
  write(file, `${text.slice(0, at)}${entry}${text.slice(at)}`)
}
