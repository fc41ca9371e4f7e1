import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { apiErrorCodes, errorCodes } from '@signalbox/contract/error'
import { eventTypes } from '@signalbox/contract/event'
import { type Setting, settings } from '@signalbox/contract/setting'
import { describe, expect, it } from 'vitest'
import { filesOf, house, textOf } from './support/house.ts'

const documents = filesOf('.', (file) => file.endsWith('.md'))
const exists = (file: string) => fs.existsSync(path.join(house, file))

/** Every `…` span and fenced block of a document, line by line. */
function code(document: string): string[] {
  const text = textOf(document)
  const fenced = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => block.split('\n'))
  const spans = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span)
  return [...fenced, ...spans].map((line) => line.trim().replace(/^\$ /, ''))
}

describe('every document', () => {
  it('is one of those a newcomer looks for', () => {
    for (const document of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'bench/README.md'])
      expect(documents).toContain(document)
  })

  it.each(documents)('%s links only to what is there', (document) => {
    const links = [...textOf(document).matchAll(/\]\((?!https?:|mailto:)([^)\s#]*)(?:#[^)]*)?\)|(?:src|srcset)="(?!https?:)([^"\s]+)"/g)]
      .map(([, a, b]) => a ?? b ?? '')
      .filter((link) => link !== '')
    expect(links.filter((link) => !exists(path.posix.join(path.posix.dirname(document), link)))).toEqual([])
  })

  it.each(documents)('%s names only files of the house that are there', (document) => {
    const named = code(document).filter((span) => /^(apps|packages|test|bench|scripts|docs|examples)\/[\w./-]+$/.test(span))
    const built = /\/dist(\/|$)/
    expect(named.filter((file) => !built.test(file) && !exists(file))).toEqual([])
  })

  it.each(documents)('%s names only npm scripts that are there', (document) => {
    const manifests = filesOf('.', (file) => path.posix.basename(file) === 'package.json')
    const scripts = Object.assign({}, ...manifests.map((file) => (JSON.parse(textOf(file)) as { scripts?: object }).scripts))
    const named = code(document).flatMap((line) =>
      [...line.matchAll(/(?:^|&& )(?:[A-Z_]+=\S+ )*npm (?:run )?([a-z][\w:-]*)/g)].map(([, name = '']) => name),
    )
    const npms = new Set(['ci', 'install', 'run', 'view', 'pack'])
    expect(named.filter((name) => !npms.has(name) && !(name in scripts))).toEqual([])
  })
})

describe('the commands that documents show', () => {
  const helps = new Map<string, string>()
  const help = (...command: string[]) => {
    const name = command.join(' ')
    const known = helps.get(name)
    if (known !== undefined) return known
    const { stdout } = spawnSync(process.execPath, [path.join(house, 'apps/cli/bin/signalbox.mjs'), ...command, '--help'], {
      encoding: 'utf8',
    })
    helps.set(name, stdout)
    return stdout
  }
  const shown = [...new Set(documents.filter((document) => document !== 'CHANGELOG.md').flatMap(code))].flatMap((line) => {
    const [, words] = /^(?:npx )?signalbox ((?:[a-z-]+ ?)+)/.exec(line) ?? []
    return words ? [{ line, words: words.trim().split(' ') }] : []
  })

  it('are shown at all', () => {
    expect(shown.length).toBeGreaterThan(5)
  })

  it('are known to the command line, with their options', () => {
    const wrong = shown.filter(({ line, words: [first = '', second] }) => {
      if (!new RegExp(`^\\s+${first}\\b`, 'm').test(help())) return true
      const own = help(first)
      const deeper = second !== undefined && new RegExp(`^\\s+${second}\\b`, 'm').test(own)
      const text = `${own}\n${deeper ? help(first, second) : ''}`
      if (second !== undefined && !text.includes(second)) return true
      const options = line.split(/[|#>]/)[0]?.match(/(?<=\s)--[a-z][\w-]*/g) ?? []
      return options.some((option) => !text.includes(option) && option !== '--help')
    })
    expect(wrong.map(({ line }) => line)).toEqual([])
    // It starts the command once for each of them.
  }, 60_000)
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

  it('has a row for every setting, and for nothing else', () => {
    expect([...rows.keys()].sort()).toEqual(Object.keys(settings).sort())
  })

  it.each(Object.entries(settings) as [string, Setting<unknown>][])(
    'tells the default of %s and what it is for',
    (name, { shown, about }) => {
      const cells = rows.get(name)?.map((cell) => cell.replaceAll('`', ''))
      expect(cells).toContain(shown.replaceAll('`', ''))
      expect(cells).toContain(about.replaceAll('`', ''))
    },
  )

  it('has its twin in .env.example', () => {
    const named = [...textOf('.env.example').matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name)
    expect([...new Set(named)].sort()).toEqual(Object.keys(settings).sort())
  })

  it('names every setting the code reads from the environment', () => {
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
      'LANG',
      'CI',
      'NODE_COMPILE_CACHE',
      'PROGRAMFILES',
      'PLAYWRIGHT_BROWSERS_PATH',
      'DISPLAY',
      'WAYLAND_DISPLAY',
      'LOCALAPPDATA',
    ])
    const read = ours.flatMap((file) => [...textOf(file).matchAll(/\benv(?:\.|\[['"])([A-Z][A-Z0-9_]+)/g)].map(([, name = '']) => name))
    expect([...new Set(read)].filter((name) => !standard.has(name) && !(name in settings))).toEqual([])
  })
})

describe('docs/errors.md', () => {
  it.each([...Object.keys(errorCodes), ...Object.keys(apiErrorCodes)])('explains %s', (name) => {
    expect(textOf('docs/errors.md')).toContain(`\`${name}\``)
  })
})

describe('docs/http.md', () => {
  it.each(eventTypes)('names the event %s', (type) => {
    const families = textOf('docs/http.md')
    const [noun = '', verb = ''] = type.split('.')
    expect(new RegExp(`\`${noun}\\.[\\w|]*\\b${verb}\\b[\\w|]*\``).test(families)).toBe(true)
  })
})

describe('the changelog', () => {
  it('has the version of the house on top', () => {
    const { version } = JSON.parse(textOf('package.json')) as { version: string }
    const [, first] = /^## \[?([^\]\s]+)/m.exec(textOf('CHANGELOG.md')) ?? []
    expect(['Unreleased', version]).toContain(first)
  })
})
