import { ruleForms } from '@signalbox/contract/alert-rule-form'
import { alertRuleKinds } from '@signalbox/contract/alert-rule-kind'
import type { Command } from 'commander'
import type { ConfirmOptions } from '../hub/confirm.ts'
import { snoozeEndOptions } from '../hub/end-option.ts'
import { answerOptions } from '../hub/option.ts'
import type { HubOptions } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { anyParameterOptions, parameterOptions } from '../rules/parameter-option.ts'
import { ruleOptions } from '../rules/rule-option.ts'
import type { AddOptions, SaveOptions, SnoozeOptions } from '../rules/save.ts'

const lists = () => import('../rules/list.ts')
const saves = () => import('../rules/save.ts')

export function rules(command: Command, io: Io): void {
  command.addHelpText(
    'after',
    `
RULE is the id or name of a rule. The first rules are there from the first start on.

Examples:
  signalbox rules list
  signalbox rules set session_waiting --after 5m --channels Phone
  signalbox rules add budget --amount 200 --period month --project 'shop-*'
  signalbox rules preview session_stalled          what it would have said in the last 7 days`,
  )
  answerOptions(command.command('list', { isDefault: true }).description('list rules, by kind'), 'the rows').action(
    async (options: HubOptions) => (await lists()).list(io, options),
  )
  simple(command, 'show', 'show a rule').action(async (rule: string, options: HubOptions) => (await lists()).show(io, rule, options))
  add(command, io)
  anyParameterOptions(ruleOptions(simple(command, 'set', 'change a rule; what is not given stays'))).action(
    async (rule: string, options: SaveOptions) => (await saves()).set(io, rule, options),
  )
  simple(command, 'preview', 'print what holds now, and what it would have opened in the last 7 days').action(
    async (rule: string, options: HubOptions) => (await import('../rules/preview.ts')).preview(io, rule, options),
  )
  simple(command, 'enable', 'switch it on').action(async (rule: string, options: HubOptions) =>
    (await saves()).setEnabled(io, rule, true, options),
  )
  simple(command, 'disable', 'switch it off').action(async (rule: string, options: HubOptions) =>
    (await saves()).setEnabled(io, rule, false, options),
  )
  snoozeEndOptions(simple(command, 'snooze', 'send nothing about its alerts for some time'), io).action(
    async (rule: string, options: SnoozeOptions) => (await saves()).snooze(io, rule, options),
  )
  simple(command, 'remove', 'remove it; its open alerts close without a message')
    .option('--yes', 'do not ask')
    .action(async (rule: string, options: HubOptions & ConfirmOptions) => (await saves()).remove(io, rule, options))
  answerOptions(command.command('restore').description('bring the first rules back that were removed')).action(
    async (options: HubOptions) => (await saves()).restore(io, options),
  )
}

/** A command for each kind of rule, with the options of its parameters. */
function add(command: Command, io: Io): void {
  const adding = command
    .command('add')
    .description('create a rule, and print its id on stdout')
    .addHelpText(
      'after',
      `
Each kind has options of its own: signalbox rules add budget --help

Examples:
  signalbox rules add limit_over --percent 90 --window session
  signalbox rules add budget --amount 200 --period month --project 'shop-*' --preview
  signalbox rules add session_waiting --after 5m --for permission --channels Phone --remind 30m --escalate 1h=all`,
    )
  for (const kind of alertRuleKinds) {
    const { label, description } = ruleForms[kind]
    const one = adding.command(kind).description(`${label}: ${description.charAt(0).toLowerCase()}${description.slice(1)}`)
    ruleOptions(parameterOptions(one, kind))
      .option('--off', 'do not switch it on yet')
      .option('--preview', 'only print what it would have said in the last 7 days')
    answerOptions(one, 'the rule').action(async (options: AddOptions) => (await saves()).add(io, kind, options))
  }
}

/** A command about one rule. */
function simple(command: Command, name: string, about: string): Command {
  return answerOptions(command.command(name).description(about).argument('<rule>', 'id or name of the rule'))
}
