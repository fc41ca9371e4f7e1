import { NotFoundError } from '@signalbox/client'
import { noPlanNote } from '@signalbox/client/limit-row'
import type { WindowForecast } from '@signalbox/contract/limit-forecast'
import { printable } from '@signalbox/contract/printable'
import { readSettings } from '@signalbox/contract/setting'
import type { Command } from 'commander'
import { fetchAccounts, findAccount, UnknownAccount } from '../accounts/find.ts'
import { createClockFormatter } from '../clock-formatter.ts'
import { Failure } from '../failure.ts'
import { formatCount } from '../format-number.ts'
import { printJson } from '../hub/print-result.ts'
import { type Hub, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import type { DisplayedLimits } from '../limits/displayed-limits.ts'
import { collectorProblem, formatLimits } from '../limits/format-limits.ts'
import type { LocalLimits } from '../limits/local.ts'
import type { LocalForecasts } from '../limits/local-forecasts.ts'
import { createTerminal } from '../terminal.ts'

interface Options {
  readonly json?: true
  readonly local?: true
  readonly verbose?: true
  /** The id or the name of an account. */
  readonly account?: string
}

/** Short, because the local database can answer too. */
const HUB_TIMEOUT_MS = 3_000

export function limits(command: Command, io: Io): void {
  command
    .option('--json', 'print them as JSON, as the hub returns them')
    .option('--local', 'use only the local database of this machine, not the hub')
    .option('--account <account>', 'only of this account: its name, its id or the first characters of it')
    .option('--verbose', "print the request id with an error, to look up in the hub's log")
    .addHelpText(
      'after',
      `
Shows the plan limits from the hub of this machine, or from the local database when the hub does not answer.
The cross in a bar marks the elapsed time. The forecast is the range in which a window ends nine times of ten, by the past of the
account: of all that the hub knows, or with --local of what this machine has stored.
With several accounts in use each has its own table; --json prints one of them, the first of \`signalbox accounts list\`.
Exit code 1 when there are no plan limits yet.

Examples:
  signalbox limits
  signalbox limits --account Anna
  signalbox limits --local
  signalbox limits --json | jq .currentSession.percentageUsed`,
    )
    .action((options: Options) => run(io, options))
}

async function run(io: Io, options: Options): Promise<void> {
  const { DATA_DIR } = readSettings(io.env, ['DATA_DIR'])
  const answer = options.local ? undefined : await fetchFromHub(io, options)
  if (answer !== undefined && answer.limits.length > 0)
    return print(
      io,
      answer.limits,
      answer.now,
      options,
      answer.forecasts.map((windows) => ({ windows })),
    )

  const now = io.now()
  // Loads a database, which is not needed when the hub answers.
  const { loadLocalLimits } = await import('../limits/local.ts')
  const local = loadLocalLimits(io, DATA_DIR, { account: options.account, withForecasts: options.json === undefined })
  if (local.limits.length === 0) return printEmpty(io, local, answer?.problem, now, options)
  if (answer !== undefined) io.stderr.write(`signalbox: ${answer.problem} Showing the limits read on this machine.\n`)
  print(io, local.limits, now, options, local.forecasts)
  if (local.pending > 0) io.stderr.write(`signalbox: ${formatCount(local.pending, 'snapshot')} not sent to the hub yet.\n`)
}

interface HubAnswer {
  /** Of each account in use, or of the one that was asked for. */
  readonly limits: readonly DisplayedLimits[]
  /** Of each of them. */
  readonly forecasts: readonly (readonly WindowForecast[])[]
  /** Milliseconds by the hub's clock. */
  readonly now: number
  /** Why there are no limits, with a suggestion. */
  readonly problem: string
}

/** The hub's answer. An error is part of it: the local database is used then. */
async function fetchFromHub(io: Io, options: Options): Promise<HubAnswer> {
  try {
    return await withHub(
      io,
      options,
      async (hub) => {
        try {
          const limits = await fetchLimits(hub, options)
          const forecasts = options.json ? [] : await Promise.all(limits.map((one) => fetchForecast(hub, one)))
          return { limits, forecasts, now: hub.now(), problem: '' }
        } catch (error) {
          if (!(error instanceof NotFoundError && error.byHub)) throw error
          return { limits: [], forecasts: [], now: hub.now(), problem: printable(`${error.message}. ${error.suggestion ?? ''}`.trim()) }
        }
      },
      { timeout: HUB_TIMEOUT_MS, retry: false },
    )
  } catch (error) {
    if (!(error instanceof Failure) || error instanceof UnknownAccount) throw error
    const { message, suggestion } = error
    return { limits: [], forecasts: [], now: io.now(), problem: `${message}${suggestion === undefined ? '' : ` ${suggestion}`}` }
  }
}

async function fetchLimits(hub: Hub, { account, json }: Options): Promise<DisplayedLimits[]> {
  if (account !== undefined) {
    const { limits } = findAccount(await fetchAccounts(hub), account)
    return [limits]
  }
  const current = await hub.client.getCurrentLimits()
  // Without an account there is one plan only.
  if (json || current.account === undefined) return [current]
  const inUse = (await fetchAccounts(hub)).filter((one) => one.inUse)
  return inUse.length > 1 ? inUse.map(({ limits }) => limits) : [current]
}

/** None where the hub is of an earlier version: the limits are shown all the same. */
async function fetchForecast({ client }: Hub, { account }: DisplayedLimits): Promise<readonly WindowForecast[]> {
  try {
    return (await client.getLimitForecast(account === undefined ? {} : { account })).windows
  } catch (error) {
    if (error instanceof NotFoundError) return []
    throw error
  }
}

function print(
  io: Io,
  all: readonly DisplayedLimits[],
  now: number,
  { json }: Options,
  forecasts: readonly (Pick<LocalForecasts, 'windows'> & Partial<LocalForecasts>)[] = [],
): void {
  if (json) return void printJson(io, all[0])
  const terminal = createTerminal(io)
  const clock = createClockFormatter(io)
  terminal.write(
    all
      .map((limits, n) =>
        formatLimits(limits, terminal, {
          now,
          clock,
          heading: all.length > 1,
          forecasts: forecasts[n]?.windows ?? [],
          localPast: forecasts[n]?.past,
        }),
      )
      .join('\n'),
  )
}

function printEmpty(io: Io, { collector }: LocalLimits, hubProblem: string | undefined, now: number, { json, account }: Options): void {
  io.exitCode = 1
  if (json) printJson(io, null)
  const lines = [account === undefined ? 'No plan limits yet.' : `No plan limits of the account ${printable(account)} on this machine.`]
  if (hubProblem !== undefined) lines.push(`Hub: ${hubProblem}`)
  const reason =
    collector === undefined
      ? 'No collector has run yet. Start one: signalbox up'
      : collectorProblem(collector, now, createClockFormatter(io), true)
  if (reason !== undefined) lines.push(`This machine: ${printable(reason)}`)
  // A collector that runs needs no start; what is missing is a source.
  const first = collector?.connected ? 'To add a source' : 'Use Claude Code once while the collector runs. For more sources'
  lines.push(`${first}: \`signalbox statusline install\` or \`signalbox web login\`.`, noPlanNote)
  const text = `${lines.join('\n')}\n`
  if (json) io.stderr.write(text)
  else io.stdout.write(text)
}
