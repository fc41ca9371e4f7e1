// Stages the package `@signalbox/client` from `dist/client`.
import fs from 'node:fs'
import path from 'node:path'
import { repositoryRoot } from '../setup/repository.mjs'
import { licenseText } from './licenses.mjs'
import { commonFields } from './manifest.mjs'

/** @param {string} stage an empty folder */
export function stageClient(stage) {
  const built = path.join(repositoryRoot, 'dist/client')
  fs.cpSync(built, stage, { recursive: true })
  const { type, engines, exports } = JSON.parse(fs.readFileSync(path.join(built, 'package.json'), 'utf8'))
  const manifest = {
    ...commonFields('packages/client', {
      name: '@signalbox/client',
      description: 'Client of a Signalbox hub, for Node and browsers: report sessions and tasks, read usage and limits',
      keywords: ['signalbox', 'claude-code', 'client', 'heartbeat'],
    }),
    type,
    engines,
    sideEffects: false,
    exports,
  }
  fs.writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  fs.writeFileSync(path.join(stage, 'THIRD-PARTY.txt'), licenseText(['cockatiel'], []))
  fs.copyFileSync(path.join(repositoryRoot, 'LICENSE'), path.join(stage, 'LICENSE'))
  fs.copyFileSync(path.join(repositoryRoot, 'packages/client/README.md'), path.join(stage, 'README.md'))
}
