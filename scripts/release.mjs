// `npm run release -- VERSION [--dry-run] [--no-executable]`: everything of a release in dist/release/VERSION, and the commit and
// tag for it. Nothing leaves this machine: the last lines say what to run for that.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { releaseNotes, unreleasedNotes } from './release/changelog.mjs'
import { checksums } from './release/checksums.mjs'
import { readVersions, writeLockVersion, writeVersion } from './release/version-files.mjs'
import { fail } from './setup/fail.mjs'
import { repositoryRoot } from './setup/repository.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'dry-run': { type: 'boolean' }, 'no-executable': { type: 'boolean' } },
})
const [version, ...rest] = positionals
if (version === undefined || rest.length > 0 || !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
  fail('release: say the version.', 'For example: npm run release -- 0.2.0')
}
const dryRun = values['dry-run'] === true
const git = (...args) => spawnSync('git', args, { cwd: repositoryRoot, encoding: 'utf8' })
const must = ({ status, stderr, error }, what) => {
  if (status !== 0) throw new Error(`${what} failed${error || stderr ? `: ${error?.message ?? stderr.trim()}` : ''}`)
}

if (git('status', '--porcelain').stdout !== '' && !dryRun) fail('release: the checkout has changes.', 'Commit them first.')
if (git('rev-parse', '--verify', '--quiet', `refs/tags/v${version}`).status === 0)
  fail(`release: there is a tag v${version}.`, 'Take the next version.')
const now = [...new Set(Object.values(readVersions(repositoryRoot)))]
if (now.length !== 1) fail(`release: the files name ${now.join(' and ')} as the version.`, 'Make them agree first.')
const changelog = path.join(repositoryRoot, 'CHANGELOG.md')
const text = fs.readFileSync(changelog, 'utf8')
const notes = unreleasedNotes(text)
if (notes === '') fail('release: CHANGELOG.md has nothing under "Unreleased".', 'Write there what is new.')
console.log(`${now[0]} → ${version}: ${notes.split('\n').filter((line) => line.startsWith('- ')).length} changes`)
if (dryRun) {
  console.log('A dry run: nothing was changed. A release would set the version, build dist/release, commit and tag.')
  process.exit(0)
}

const out = path.join(repositoryRoot, 'dist/release', version)
fs.rmSync(out, { recursive: true, force: true })
fs.mkdirSync(out, { recursive: true })
const files = writeVersion(repositoryRoot, version)
fs.writeFileSync(changelog, releaseNotes(text, version, new Date().toISOString().slice(0, 10)))
try {
  const npm = (...args) =>
    spawnSync('npm', args, { cwd: repositoryRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 64e6 })
  const wanted = [...(values['no-executable'] || process.platform !== 'linux' ? [] : ['--executable']), '--image']
  const packed = npm('run', '--silent', 'pack', '--', ...wanted)
  process.stdout.write(packed.stdout ?? '')
  must(packed, 'npm run pack')
  for (const name of fs.readdirSync(path.join(repositoryRoot, 'dist/npm')))
    fs.copyFileSync(path.join(repositoryRoot, 'dist/npm', name), path.join(out, name))
  const sbom = npm('sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--omit', 'dev')
  must(sbom, 'npm sbom')
  fs.writeFileSync(path.join(out, 'sbom.cdx.json'), sbom.stdout)
  fs.writeFileSync(path.join(out, 'NOTES.md'), `${notes}\n`)
  fs.writeFileSync(path.join(out, 'SHA256SUMS'), checksums(out))
  must(
    spawnSync(process.execPath, ['test/store/make-fixture.ts', version], { cwd: repositoryRoot, encoding: 'utf8' }),
    'the store for later tests',
  )
  files.push('test/store/fixtures', writeLockVersion(repositoryRoot, version))
  must(git('add', 'CHANGELOG.md', ...files), 'git add')
  must(git('commit', '-qm', `Release ${version}`), 'git commit')
  must(git('tag', '-a', `v${version}`, '-m', `Signalbox ${version}`), 'git tag')
} catch (error) {
  git('reset', '-q')
  git('checkout', '--', 'CHANGELOG.md', ...files)
  fail(`release: ${error.message}.`, 'The version is as it was. Correct it, and run this again.')
}
console.log(`dist/release/${version}:\n${fs.readFileSync(path.join(out, 'SHA256SUMS'), 'utf8')}
Committed and tagged as v${version}. To publish:
  git push --follow-tags
  npm publish dist/release/${version}/signalbox-${version}.tgz --provenance --access public   (in CI with id-token: write; likewise the others)
  docker buildx build --platform linux/amd64,linux/arm64 --sbom=true --provenance=true --build-arg VERSION=${version} -t REGISTRY/signalbox:${version} --push .`)
