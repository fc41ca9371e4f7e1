import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { collectorService } from '../../apps/cli/src/service/service-text.ts'
import { filesOf, repositoryRoot, textOf } from '../support/repository.ts'
import { tempFolder } from '../support/temp.ts'

// The units of deploy/, held to systemd's own reader and to what `signalbox service` writes.

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0
const units = filesOf('deploy/systemd', (file) => file.endsWith('.service'))

/** systemd complains of programs that are not there, so its PATH has a `signalbox`. */
function analyze(...words: string[]) {
  return spawnSync('systemd-analyze', words, { encoding: 'utf8', env: { ...process.env, XDG_RUNTIME_DIR: tempFolder() } })
}

describe.skipIf(!hasAnalyze)('systemd', () => {
  it.each(units)('takes %s', (unit) => {
    const user = unit.includes('collector') ? ['--user'] : []
    const { status, stderr } = analyze('verify', ...user, '--man=no', path.join(repositoryRoot, unit))
    expect([status, stderr.split('\n').filter((line) => line.includes('signalbox'))]).toEqual([0, []])
  })

  it('finds little to harden in the unit of the hub', () => {
    const { status, stdout } = analyze(
      'security',
      '--offline=true',
      '--threshold=25',
      path.join(repositoryRoot, 'deploy/systemd/signalbox-hub.service'),
    )
    expect([status, stdout.split('\n').at(-2)]).toEqual([0, expect.stringContaining('Overall exposure level')])
  })
})

it('units, agents and their names are those of `signalbox service`', () => {
  expect(units.map((file) => path.basename(file))).toContain(collectorService.unit)
  const agents = filesOf('deploy/launchd', (file) => file.endsWith('.plist'))
  expect(agents.map((file) => path.basename(file, '.plist'))).toContain(collectorService.label)
  for (const file of agents) {
    const text = textOf(file)
    expect(text).toContain(`<key>Label</key>\n  <string>${path.basename(file, '.plist')}</string>`)
    // Each element is closed where it was opened.
    const open: string[] = []
    for (const [, slash, name, own] of text.replace(/<[?!][^>]*>|<!--[\s\S]*?-->/g, '').matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
      if (own === '/') continue
      if (slash === '/') expect(open.pop()).toBe(name)
      else open.push(name!)
    }
    expect(open).toEqual([])
  }
})

it('the certificate of the hub is read again by `systemctl reload`', () => {
  expect(fs.readFileSync(path.join(repositoryRoot, 'deploy/systemd/signalbox-hub.service'), 'utf8')).toContain(
    'ExecReload=/bin/kill -HUP $MAINPID',
  )
})
