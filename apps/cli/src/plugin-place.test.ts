import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { findPlugin } from './plugin-place.ts'

it('the plugin is in the checkout, or in its own package inside ours or beside it', () => {
  const modules = path.join(tempFolder(), 'node_modules')
  const root = path.join(modules, 'signalbox')
  const own = { plugin: path.join(root, 'apps/claude-plugin'), marketplace: root }
  fs.mkdirSync(root, { recursive: true })
  expect(findPlugin(root)).toEqual(own)
  for (const folder of [path.join(modules, '@signalbox/claude-plugin'), path.join(root, 'node_modules/@signalbox/claude-plugin')]) {
    fs.mkdirSync(path.join(folder, 'hooks'), { recursive: true })
    expect(findPlugin(root)).toEqual({ plugin: folder, marketplace: folder })
  }
  fs.mkdirSync(path.join(own.plugin, 'hooks'), { recursive: true })
  expect(findPlugin(root)).toEqual(own)
})
