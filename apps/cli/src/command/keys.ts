import { Writable } from 'node:stream'
import { scopes as allScopes, type Scope } from '@signalbox/contract/scope'
import { type Command, InvalidArgumentError } from 'commander'
import { runApp } from '../child/run-app.ts'
import { usageError } from '../failure.ts'
import { anyOf } from '../hub/option.ts'
import type { Io, Output } from '../io.ts'

interface KeyOptions {
  readonly name?: string
  readonly scopes?: Scope[]
  readonly expires?: string
  readonly machine?: string
  readonly project?: string
  readonly ifNone?: true
  readonly json?: true
}

/** The hub's key program does the work; this only parses the command line. */
export function keys(command: Command, io: Io): void {
  command.addHelpText(
    'after',
    `
Scopes: read (all data), write (sessions, tasks, machines), ingest (send calls and snapshots),
answer (what sessions ask), admin (keys, archive, purge and maintenance).
Without options a key may read, for a year.
A key is shown only once, when it is created; the hub stores its hash. Works on the hub database of DATA_DIR or
MONGODB_URI, whether the hub is running or not. Your own commands on this machine need no key: they use the key of the
owner, DATA_DIR/owner.key, which the hub accepts from this machine only.

Examples:
  signalbox keys create laptop --scopes ingest --machine laptop     for that machine's collector
  signalbox keys create me --scopes read,answer,admin   to sign in to the dashboard
  signalbox keys create ci --scopes read --expires 90d
  signalbox keys revoke k_3f9a1c20b7d4`,
  )
  command
    .command('create')
    .description('create a key and print it')
    .argument('[name]', 'what the key is for')
    .option('--name <name>', 'the same, for scripts')
    .addOption(anyOf('--scopes <list>', 'scopes, separated by commas (default: read)', allScopes))
    .option(
      '--expires <when>',
      'when it expires: a day such as 2027-01-31, a number of days such as 90d, or never (default: 365d)',
      expiryChecker(io),
    )
    .option('--machine <id>', 'the only machine that it may report about')
    .option('--project <id>', 'the only project that it may report about')
    .option('--if-none', 'make none where there is a key that works')
    .option('--json', 'print it as JSON')
    .action(async (word: string | undefined, options: KeyOptions) => {
      const { scopes, expires, machine, project, ifNone, json } = options
      const name = word ?? options.name
      if (name === undefined) throw usageError('a key needs a name.', 'For example: signalbox keys create laptop')
      await runKeys(io, [
        'create',
        name,
        ...(scopes === undefined ? [] : ['--scopes', scopes.join(',')]),
        ...(expires === undefined ? [] : ['--expires', expires]),
        ...(machine === undefined ? [] : ['--machine', machine]),
        ...(project === undefined ? [] : ['--project', project]),
        ...(ifNone ? ['--if-none'] : []),
        ...jsonFlag(json),
      ])
    })
  command
    .command('list', { isDefault: true })
    .description('list all keys, without their secrets')
    .option('--json', 'print them as JSON')
    .action(({ json }: { json?: true }) => runKeys(io, ['list', ...jsonFlag(json)]))
  command
    .command('revoke')
    .description('revoke a key')
    .argument('<id>', 'the id in `signalbox keys list`')
    .option('--json', 'print it as JSON')
    .action((id: string, { json }: { json?: true }) => runKeys(io, ['revoke', id, ...jsonFlag(json)]))
  command
    .command('owner')
    .description('show where the key of the owner is, or replace it')
    .option('--rotate', 'make a new one; the hub refuses the former one from then on')
    .option('--json', 'print it as JSON, without the key')
    .action(({ rotate, json }: { rotate?: true; json?: true }) =>
      runKeys(io, ['owner', ...(rotate ? ['--rotate'] : []), ...jsonFlag(json)]),
    )
}

async function runKeys(io: Io, args: readonly string[]): Promise<void> {
  io.exitCode = await runApp({ ...io, stderr: withCommands(io.stderr) }, 'keys', args)
}

function jsonFlag(json: true | undefined): string[] {
  return json ? ['--json'] : []
}

/** Checks what the key program will read again, so that a mistake is reported as one of any other option. */
function expiryChecker({ now }: Io): (text: string) => string {
  return (text) => {
    if (text === 'never') return text
    const isDays = /^\d{1,5}d$/.test(text) && Number.parseInt(text, 10) > 0
    if (!isDays && !(Date.parse(text) > now())) {
      throw new InvalidArgumentError('It must be a day to come such as 2027-01-31, a number of days such as 90d, or never.')
    }
    return text
  }
}

/** A stderr with commands in place of the requests that the key program's errors name. */
function withCommands(stderr: Output): Output {
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _, done) {
      stderr.write(chunk.toString().replace('GET /api/keys lists the keys there are.', 'To list the keys there are: signalbox keys list'))
      done()
    },
  })
}
