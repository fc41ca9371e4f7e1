'use strict'
// Stands for better-sqlite3 in a bundle: its small files of JavaScript are part of it, and its package finds the binary of this system.
const { createRequire } = require('node:module')
const path = require('node:path')
const createDatabase = require('../../node_modules/better-sqlite3/lib/database.js')
const SqliteError = require('../../node_modules/better-sqlite3/lib/sqlite-error.js')

function loadAddon() {
  const outside = createRequire(__filename)
  const folder = path.dirname(outside.resolve('better-sqlite3/package.json'))
  return outside(path.join(folder, 'lib/binding.js')).getBinding()
}

module.exports = createDatabase(loadAddon, false)
module.exports.SqliteError = SqliteError
