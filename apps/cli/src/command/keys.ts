import { type Command, Option } from 'commander'
import { runApp } from '../child/run-app.ts'
import { misuse } from '../failure.ts'

/** The hub's own program does the work on its store; here is only how it is asked. */
export function keys(command: Command): void {
  command.addHelpText(
    'after',
    `
Scopes: read (see everything), write (state of sessions), ingest (send usage), admin (keys and cleaning up).
A key is shown once, when it is made; the hub keeps only its hash. Works on DATA_DIR, whether the hub is running or not.

Examples:
  signalbox keys create laptop --scopes ingest        for another machine's collector
  signalbox keys create me --scopes read,admin        to sign in to the page
  signalbox keys create ci --scopes read --expires 90d
  signalbox keys revoke k_3f9a1c20b7d4`,
  )
  command
    .command('create')
    .description('make a key and show it')
    .argument('[name]', 'what it is for')
    .option('--name <name>', 'the same, for scripts')
    .addOption(
      new Option('--scopes <list>', 'what it may do, separated by commas: read, write, ingest, admin').default(
        'read,write,ingest,admin',
        'all',
      ),
    )
    .option('--expires <when>', 'refuse it from then on: a day such as 2027-01-31, or a number of days such as 90d')
    .option('--json', 'print it for a program')
    .action(async (word: string | undefined, options: { name?: string; scopes: string; expires?: string; json?: true }) => {
      const { scopes, expires, json } = options
      const name = word ?? options.name
      if (name === undefined) throw misuse('a key needs a name that says what it is for.', 'signalbox keys create laptop')
      await pass(['create', name, '--scopes', scopes, ...(expires === undefined ? [] : ['--expires', expires]), ...flag(json)])
    })
  command
    .command('list')
    .description('show all keys, without the keys themselves')
    .option('--json', 'print them for a program')
    .action(({ json }: { json?: true }) => pass(['list', ...flag(json)]))
  command
    .command('revoke')
    .description('refuse a key from now on')
    .argument('<id>', 'as `signalbox keys list` shows it')
    .option('--json', 'print it for a program')
    .action((id: string, { json }: { json?: true }) => pass(['revoke', id, ...flag(json)]))
}

async function pass(args: readonly string[]): Promise<void> {
  process.exitCode = await runApp('keys', args)
}

function flag(json: true | undefined): string[] {
  return json ? ['--json'] : []
}
