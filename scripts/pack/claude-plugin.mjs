// Stages the package `@signalbox/claude-plugin`: the plugin, and a marketplace of Claude Code with it alone.
import fs from 'node:fs'
import path from 'node:path'
import { buildPlugin } from '../plugin/bundle.mjs'
import { repositoryRoot } from '../setup/repository.mjs'
import { licenseText } from './licenses.mjs'
import { commonFields } from './manifest.mjs'

const parts = ['.claude-plugin', '.mcp.json', 'bin', 'commands', 'hooks']

/** @param {string} stage an empty folder */
export async function stageClaudePlugin(stage) {
  for (const part of parts) fs.cpSync(path.join(repositoryRoot, 'apps/claude-plugin', part), path.join(stage, part), { recursive: true })
  fs.mkdirSync(path.join(stage, 'dist'))
  for (const [name, text] of await buildPlugin({ minify: true })) fs.writeFileSync(path.join(stage, 'dist', name), text)
  const marketplace = JSON.parse(fs.readFileSync(path.join(repositoryRoot, '.claude-plugin/marketplace.json'), 'utf8'))
  marketplace.plugins[0].source = './'
  fs.writeFileSync(path.join(stage, '.claude-plugin/marketplace.json'), `${JSON.stringify(marketplace, null, 2)}\n`)
  fs.writeFileSync(path.join(stage, 'THIRD-PARTY.txt'), licenseText([], ['@modelcontextprotocol/server', 'cockatiel', 'zod']))
  fs.copyFileSync(path.join(repositoryRoot, 'LICENSE'), path.join(stage, 'LICENSE'))
  fs.writeFileSync(
    path.join(stage, 'README.md'),
    '# Signalbox’s plugin of Claude Code\n\nIt reports sessions to a Signalbox hub. `signalbox connect` and `signalbox hooks install` install it; npm brings it with `signalbox`.\n',
  )
  const manifest = {
    ...commonFields('apps/claude-plugin', {
      name: '@signalbox/claude-plugin',
      description: 'The plugin of Signalbox for Claude Code: reports sessions to your hub',
      keywords: ['claude-code', 'claude-code-plugin', 'signalbox', 'hooks', 'mcp'],
    }),
    type: 'module',
  }
  fs.writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}
