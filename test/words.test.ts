import { expect, it } from 'vitest'
import { filesOf, textOf } from './support/repository.ts'

/** Words that this project used for its own and that a reader from outside would not find or understand. docs/glossary.md has the reasons. */
const rules: readonly { readonly word: RegExp; readonly say: string; readonly example: string }[] = [
  { word: /(?<![a-zA-Z])([Bb]eat|BEAT)(s|en|ing)?(?![a-z])|[a-z]Beats?(?![a-z])/, say: 'heartbeat', example: 'the last beat' },
  {
    word: /\b(un)?(told|tell(s|ing|er)?)\b|[a-z](Told|Tell|Teller)\b|\btell[A-Z]/,
    say: 'publish, notify, return, report, print; event outbox',
    example: 'every hub is told',
  },
  {
    word: /\b(un)?hear(s|d)?\b|\bears?\b|\bhear[A-Z]|[a-z]Heard\b/,
    say: 'receive, listen, subscriber',
    example: 'it hears of it',
  },
  { word: /\bknock/i, say: 'request', example: 'a knock' },
  // Not the name of an icon.
  { word: /(?<![('])\bbells?\b(?!-)/i, say: 'wake signal', example: 'rings the bell' },
  { word: /\bdoors?\b|doorman/i, say: 'route, listener, endpoint', example: 'an open door' },
  {
    word: /\b(whoever|somebody|nobody|everybody)\b/i,
    say: 'the caller, the client, the process, another hub, no one',
    example: 'whoever asks',
  },
  { word: /\bpatien(ce|t)\b|_PATIENCE\b/i, say: 'timeout, time limit', example: 'STORE_PATIENCE' },
  { word: /\bpardon/i, say: 'grace period', example: 'a pardon' },
  { word: /\bdeaf/i, say: 'store outage', example: 'deafness' },
  {
    word: /\breadings\b|\b(an?|the|this|that|each|every|newest|oldest|last|no|new|one|first|plan|limit|kept|stored) reading\b(?! of)|[a-z]Readings?\b|\breading[A-Z]/,
    say: 'snapshot, version, current limits',
    example: 'the newest reading',
  },
  { word: /\bunsure\b/i, say: 'provisional', example: 'an unsure session' },
  {
    word: /\b(MOST|MANY|KEPT|CALM|SILENT|QUIET)(_[A-Z]+)*\b|\bREST_[A-Z]/,
    say: 'a name with the thing and its unit',
    example: 'const MOST = 5',
  },
  {
    word: /\b(give|gave|given)s? back\b|giveBack|\b(take|took|taken) (it |that |them )?back\b|takeBack|\blook(s|ed)? again\b|lookAgain/i,
    say: 'roll back, compensate, verify again',
    example: 'the slot is given back',
  },
  { word: /\bhouse\b/i, say: 'repository', example: 'the house plan' },
]

/** Names that stay because databases or clients hold them. */
const kept: readonly { readonly files: RegExp; readonly names: RegExp }[] = [
  { files: /^apps\/hub\/src\/store\/sqlite\//, names: /\breadings\b/g },
  { files: /^apps\/hub\/src\/store\/mongo\//, names: /\b(untold|unsure|readings)\b/g },
  { files: /^packages\/ledger\/|^apps\/hub\/src\/store\/copy\//, names: /\breadings\b/g },
  { files: /^apps\/hub\/src\/store\/sqlite\/migration\//, names: /session_by_beat/g },
  { files: /^apps\/cli\/src\/(command\/sessions|sessions\/watch)\.ts$/, names: /\bbeats\b/g },
  {
    files: /^packages\/contract\/|^apps\/(collector|cli)\/|^test\/trips\//,
    names: /\.readings\b|\breadings(?=[:'"?`]| INTEGER| \(key)/g,
  },
  // The editor's names of icons.
  { files: /^apps\/vscode\/src\//, names: /\$\(bell\)|'bell(-slash)?'/g },
  // What people say in their questions.
  { files: /^packages\/intent\/src\/(lexicon|rule)\//, names: /\b(tell|told|heard|somebody|everybody|nobody|readings?)\b/g },
]

/** Files about the old words. */
const exempt = /^(docs\/glossary\.md|CHANGELOG\.md|test\/words\.test\.ts)$/
const files = filesOf('.', (file) => /\.(tsx?|mjs|mts|js|md|css|html|go|wat)$|^\.env\.example$/.test(file) && !exempt.test(file))

it.each(rules)('the rule for $say finds its example', ({ word, example }) => {
  expect(word.test(example)).toBe(true)
})

it('no file uses a word of the old private language', () => {
  const found = files.flatMap((file) => {
    const names = kept.filter((one) => one.files.test(file)).map((one) => one.names)
    return textOf(file)
      .split('\n')
      .flatMap((line, index) => {
        const text = names.reduce((rest, name) => rest.replace(name, ''), line)
        return rules.flatMap(({ word, say }) => {
          const [match] = word.exec(text) ?? []
          return match === undefined ? [] : [`${file}:${index + 1}: ${match} → ${say}`]
        })
      })
  })
  expect(found, `${found.length} lines`).toEqual([])
})
