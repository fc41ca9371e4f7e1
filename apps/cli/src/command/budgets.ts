import type { Command } from 'commander'
import type { BudgetAddOptions, BudgetChangeOptions } from '../budgets/budget-options.ts'
import { amountOption, percentOption } from '../budgets/budget-options.ts'
import { answerOptions } from '../hub/option.ts'
import type { HubOptions } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'

const acts = () => import('../budgets/actions.ts')

export function budgets(command: Command, io: Io): void {
  command.addHelpText(
    'after',
    `
A budget has a soft line, at which an alert opens, and a hard line, at which sessions of Claude Code are held between two calls, on
machines where "signalbox hooks budgets on" was run. BUDGET is its name or id. A day, week or month is counted in USD at list price,
five_hour and seven_day in percent of the plan's window.

Examples:
  signalbox budgets add Shop --day 25 --project shop
  signalbox budgets add Everything --month 400 --soft 75
  signalbox budgets add Weekly --seven-day 90
  signalbox budgets list
  signalbox budgets go-on Shop 5            raise the line of today by $5: held sessions may go on
  signalbox budgets link Shop 5             a link that does that, once
  signalbox budgets remove Shop`,
  )
  answerOptions(
    command.command('list', { isDefault: true }).description('list budgets, what is used of them, and held sessions'),
    'the budgets',
  ).action(async (options: HubOptions) => (await import('../budgets/list.ts')).list(io, options))
  filters(answerOptions(command.command('add').description('add a budget').argument('<name>', 'what people call it'), 'the budget'))
    .option('--day <usd>', 'the hard line of each day, in USD', amountOption)
    .option('--week <usd>', 'of each week', amountOption)
    .option('--month <usd>', 'of each month', amountOption)
    .option('--five-hour <percent>', 'of each 5-hour window of the plan, in percent of it', percentOption)
    .option('--seven-day <percent>', 'of each weekly window of the plan', percentOption)
    .action(async (name: string, options: BudgetAddOptions) => (await acts()).add(io, name, options))
  filters(named(command, 'change', 'change a budget'))
    .option('--amount <usd or percent>', 'the hard line', amountOption)
    .option('--name <name>', 'another name')
    .option('--on', 'switch it on')
    .option('--off', 'switch it off: it holds nothing, and opens no alert')
    .action(async (id: string, options: BudgetChangeOptions) => (await acts()).change(io, id, options))
  named(command, 'remove', 'remove a budget').action(async (id: string, options: HubOptions) => (await acts()).remove(io, id, options))
  named(command, 'go-on', 'raise the line of the current period, so that held sessions may go on')
    .argument('<amount>', 'USD, or percent of a plan window', amountOption)
    .action(async (id: string, amount: number, options: HubOptions) => (await acts()).goOn(io, id, amount, options))
  named(command, 'link', 'make a link that does that once, without a key')
    .argument('<amount>', 'USD, or percent of a plan window', amountOption)
    .action(async (id: string, amount: number, options: HubOptions) => (await acts()).link(io, id, amount, options))
}

function named(command: Command, name: string, about: string): Command {
  return answerOptions(command.command(name).description(about).argument('<budget>', 'its name or id'))
}

function filters(command: Command): Command {
  return command
    .option('--project <name...>', 'only calls of these projects, such as shop or shop-*')
    .option('--machine <name...>', 'only calls on these machines')
    .option('--model <name...>', 'only calls of these models, such as *opus*')
    .option('--account <name>', 'of a plan window: the account')
    .option('--timezone <zone>', "in which days begin (default: the hub's)")
    .option('--soft <percent>', 'where the alert opens, in percent of the hard line; 0 for none (default: 80)', percentOption)
}
