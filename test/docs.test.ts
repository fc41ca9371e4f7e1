import fs from 'node:fs'
import path from 'node:path'
import { alertRuleKinds } from '@signalbox/contract/alert-rule-kind'
import { channelKinds } from '@signalbox/contract/channel-kind'
import { apiErrorCodes, errorCodes } from '@signalbox/contract/error'
import { eventTypes, sessionChanges } from '@signalbox/contract/event'
import { type Setting, settings } from '@signalbox/contract/setting'
import { afterAll, describe, expect, it } from 'vitest'
import { runCommand } from '../apps/cli/src/cli.suite.ts'
import { reasons } from './claude-code/oracle/reason.ts'
import { scenarios } from './claude-code/oracle/scenarios.ts'
import { filesOf, repositoryRoot, textOf } from './support/repository.ts'
import { makeTempFolder, removeFolder } from './support/temp.ts'

const documents = filesOf('.', (file) => file.endsWith('.md'))
const exists = (file: string) => fs.existsSync(path.join(repositoryRoot, file))

/** Lists every `…` span and each line of every fenced block of a document. */
function codeOf(document: string): string[] {
  const text = textOf(document)
  const fenced = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => block.split('\n'))
  const spans = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span)
  return [...fenced, ...spans].map((line) => line.trim().replace(/^\$ /, ''))
}

describe('every document', () => {
  it('that a newcomer looks for exists', () => {
    for (const document of [
      'README.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      'SECURITY.md',
      'bench/README.md',
      'docs/README.md',
      'docs/QUICKSTART.md',
    ])
      expect(documents).toContain(document)
  })

  it('of docs is in the index there', () => {
    const index = textOf('docs/README.md')
    const listed = documents.filter((document) => /^docs\/[\w-]+\.md$/.test(document) && document !== 'docs/README.md')
    expect(listed.filter((document) => !index.includes(`](${path.posix.basename(document)})`))).toEqual([])
  })

  it.each(documents)('%s links only to existing files', (document) => {
    const links = [...textOf(document).matchAll(/\]\((?!https?:|mailto:)([^)\s#]*)(?:#[^)]*)?\)|(?:src|srcset)="(?!https?:)([^"\s]+)"/g)]
      .map(([, a, b]) => a ?? b ?? '')
      .filter((link) => link !== '')
    expect(links.filter((link) => !exists(path.posix.join(path.posix.dirname(document), link)))).toEqual([])
  })

  it.each(documents)('%s names only existing files of the repository', (document) => {
    const named = codeOf(document).filter((span) => /^(apps|packages|test|bench|scripts|docs|examples)\/[\w./-]+$/.test(span))
    const generated = /\/dist(\/|$)/
    expect(named.filter((file) => !generated.test(file) && !exists(file))).toEqual([])
  })

  const manifests = filesOf('.', (file) => path.posix.basename(file) === 'package.json')
  const scripts: object = Object.assign({}, ...manifests.map((file) => (JSON.parse(textOf(file)) as { scripts?: object }).scripts))

  it.each(documents)('%s names only existing npm scripts', (document) => {
    const named = codeOf(document).flatMap((line) =>
      [...line.matchAll(/(?:^|&& )(?:[A-Z_]+=\S+ )*npm (?:run )?([a-z][\w:-]*)/g)].map(([, name = '']) => name),
    )
    const npms = new Set(['ci', 'install', 'run', 'view', 'pack', 'publish'])
    expect(named.filter((name) => !npms.has(name) && !(name in scripts))).toEqual([])
  })
})

describe('the commands in documents', () => {
  const folder = makeTempFolder()
  afterAll(() => removeFolder(folder))
  const helps = new Map<string, string>()
  const help = async (...command: string[]) => {
    const name = command.join(' ')
    const cached = helps.get(name)
    if (cached !== undefined) return cached
    const { stdout } = await runCommand(folder, [...command, '--help'])
    helps.set(name, stdout)
    return stdout
  }
  const shown = [...new Set(documents.filter((document) => document !== 'CHANGELOG.md').flatMap(codeOf))].flatMap((line) => {
    const [, words] = /^(?:npx )?signalbox ((?:[a-z-]+ ?)+)/.exec(line) ?? []
    return words ? [{ line, words: words.trim().split(' ') }] : []
  })

  it('are found', () => {
    expect(shown.length).toBeGreaterThan(5)
  })

  it('exist in the command line, with their options', async () => {
    const unknown: string[] = []
    for (const { line, words } of shown) if (!(await isKnown(line, words))) unknown.push(line)
    expect(unknown).toEqual([])
  })

  async function isKnown(line: string, [first = '', second, third]: readonly string[]): Promise<boolean> {
    if (!new RegExp(`^\\s+(?:[a-z]+\\|)?${first}\\b`, 'm').test(await help())) return false
    const own = await help(first)
    const isCommand = second !== undefined && new RegExp(`^\\s+${second}\\b`, 'm').test(own)
    const sub = isCommand ? await help(first, second) : ''
    const isSubcommand = third !== undefined && new RegExp(`^\\s+${third}\\b`, 'm').test(sub)
    const text = `${own}\n${sub}\n${isSubcommand ? await help(first, second!, third) : ''}`
    if (second !== undefined && !text.includes(second)) return false
    const options = line.split(/[|#>]/)[0]?.match(/(?<=\s)--[a-z][\w-]*/g) ?? []
    return options.every((option) => text.includes(option) || option === '--help')
  }
})

describe('docs/truth.md', () => {
  it('has every scenario and every reason of the oracle', () => {
    const text = textOf('docs/truth.md')
    const lines = [...scenarios.map(({ name }) => `\n- ${name}: `), ...Object.keys(reasons).map((name) => `\n- **${name}**: `)]
    expect(lines.filter((line) => !text.includes(line))).toEqual([])
  })
})

describe('docs/configuration.md', () => {
  const rows = new Map(
    textOf('docs/configuration.md')
      .split('\n')
      .flatMap((line) => {
        const cells = line.split('|').map((cell) => cell.trim())
        const [, name] = /^`([A-Z][A-Z0-9_]+)`$/.exec(cells[1] ?? '') ?? []
        return name ? [[name, cells] as const] : []
      }),
  )

  it('has a row for every setting and for nothing else', () => {
    expect([...rows.keys()].sort()).toEqual(Object.keys(settings).sort())
  })

  it.each(Object.entries(settings) as [string, Setting<unknown>][])(
    'has the default and the purpose of %s',
    (name, { documentedDefault, description }) => {
      const cells = rows.get(name)?.map((cell) => cell.replaceAll('`', ''))
      expect(cells).toContain(documentedDefault.replaceAll('`', ''))
      expect(cells).toContain(description.replaceAll('`', ''))
    },
  )

  it('names the same settings as .env.example', () => {
    const named = [...textOf('.env.example').matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name)
    expect([...new Set(named)].sort()).toEqual(Object.keys(settings).sort())
  })

  it('names every setting that the code reads from the environment', () => {
    const ours = filesOf('apps', (file) => /\.(ts|mjs)$/.test(file) && !/([.-](test|fixture))\.ts$/.test(file)).concat(
      filesOf('packages', (file) => file.endsWith('.ts') && !/([.-](test|fixture))\.ts$/.test(file)),
    )
    const standard = new Set([
      'HOME',
      'PATH',
      'NO_COLOR',
      'FORCE_COLOR',
      'COLUMNS',
      'TERM',
      'TZ',
      'XDG_CONFIG_HOME',
      'APPDATA',
      'USERPROFILE',
      'XDG_RUNTIME_DIR',
      'DBUS_SESSION_BUS_ADDRESS',
      'LANG',
      'CI',
      'NODE_COMPILE_CACHE',
      // Node's and curl's own; docs/proxy.md has them.
      'NODE_USE_ENV_PROXY',
      'NO_PROXY',
      // Vite's, in the dashboard.
      'DEV',
      'PROGRAMFILES',
      'PLAYWRIGHT_BROWSERS_PATH',
      'DISPLAY',
      'WAYLAND_DISPLAY',
      'LOCALAPPDATA',
      'HTTP_PROXY',
      'HTTPS_PROXY',
      'XDG_STATE_HOME',
      // Hooks that `signalbox hooks install` writes set it for their script.
      'SIGNALBOX_HOOK_DATA',
      // Claude Code sets them for the programs of a plugin.
      'CLAUDE_PLUGIN_DATA',
      'CLAUDE_PLUGIN_OPTION_HUB_URL',
      'CLAUDE_PLUGIN_OPTION_API_KEY',
      'CLAUDECODE',
      'CLAUDE_PID',
      'CLAUDE_PROJECT_DIR',
      'CLAUDE_CODE_ENTRYPOINT',
      'CLAUDE_CODE_SESSION_ID',
      'CLAUDE_CODE_SESSION_KIND',
    ])
    const read = ours.flatMap((file) => [...textOf(file).matchAll(/\benv(?:\.|\[['"])([A-Z][A-Z0-9_]+)/g)].map(([, name = '']) => name))
    expect([...new Set(read)].filter((name) => !standard.has(name) && !(name in settings))).toEqual([])
  })
})

describe('docs/ERROR_HANDLING.md', () => {
  it.each([...Object.keys(errorCodes), ...Object.keys(apiErrorCodes)])('explains %s', (name) => {
    expect(textOf('docs/ERROR_HANDLING.md')).toContain(`\`${name}\``)
  })
})

describe('docs/alerts.md', () => {
  it.each([...alertRuleKinds, ...channelKinds])('has %s', (kind) => {
    expect(textOf('docs/alerts.md')).toContain(`\`${kind}\``)
  })
})

describe('docs/http.md', () => {
  it.each(eventTypes)('names the event %s', (type) => {
    const families = textOf('docs/http.md')
    const [noun = '', verb = ''] = type.split('.')
    expect(new RegExp(`\`${noun}\\.[\\w|]*\\b${verb}\\b[\\w|]*\``).test(families)).toBe(true)
  })

  it('names every field that session.updated may say has changed', () => {
    const [, list = ''] = /`changed`, the list of fields that changed: ([^.]+)\./.exec(textOf('docs/http.md')) ?? []
    expect([...list.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort()).toEqual([...sessionChanges].sort())
  })
})

describe('the changelog', () => {
  it('begins with the version of the repository', () => {
    const { version } = JSON.parse(textOf('package.json')) as { version: string }
    const [, first] = /^## \[?([^\]\s]+)/m.exec(textOf('CHANGELOG.md')) ?? []
    expect(['Unreleased', version]).toContain(first)
  })
})
