import { plural } from '@signalbox/contract/plural'
import { printable, printableLines } from '@signalbox/contract/printable'
import { readSettings } from '@signalbox/contract/setting'
import type { Call, Parsed } from '@signalbox/intent/call'
import { parseQuestion } from '@signalbox/intent/parse'
import { readVocabulary } from '@signalbox/tools/ask/vocabulary'
import { type Tool, type ToolContext, ToolError } from '@signalbox/tools/tool'
import { askTools } from '@signalbox/tools/tool-list'
import { Failure } from '../failure.ts'
import { canPrompt, confirm } from '../hub/confirm.ts'
import { printJson } from '../hub/print-result.ts'
import { type Hub, type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { zoneOf } from '../zone-of.ts'
import { pageAnswer } from './page-answer.ts'
import { readPreviousCall, savePreviousCall } from './previous-call.ts'
import { propose } from './proposal.ts'

export interface AskOptions extends HubOptions {
  readonly continue?: true
}

/** Answers a question in words. An action is only proposed, and done after a yes on the terminal. */
export async function ask(io: Io, question: string, options: AskOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const timezone = zoneOf(io)
    // The first answer of the hub says what time it is there.
    const vocabulary = await readVocabulary(hub.client, hub.now)
    const previous = options.continue ? readPreviousCall(io) : undefined
    const parsed = parseQuestion(question, { vocabulary, now: hub.now(), timezone, previous })
    if (parsed.call === undefined) return notUnderstood(io, parsed, options)
    const context: ToolContext = { now: hub.now(), timezone, weekStart: readSettings(io.env, ['WEEK_START']).WEEK_START }
    savePreviousCall(io, parsed.call)
    if (!options.json) io.stderr.write(`${printable(describeCall(parsed.call))}\n${ignored(parsed)}`)
    const local = pageAnswer(io, parsed.call)
    if (local !== undefined) return print(io, options, parsed, { text: local })
    try {
      if (parsed.isAction) await act(io, parsed, hub, context, options)
      else print(io, options, parsed, await answer(parsed.call, hub, context))
    } catch (error) {
      if (!(error instanceof ToolError)) throw error
      throw new Failure(
        `${printable(error.message.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase()))}.`,
        printable(error.suggestion),
      )
    }
  })
}

async function answer(
  { tool: name, arguments: args }: Call,
  { client }: Hub,
  context: ToolContext,
): Promise<{ text: string; data?: unknown }> {
  if (name === 'limits_refresh') {
    const { machine_id } = await client.triggerLimitSnapshot({})
    return { text: `Asked the collector on ${machine_id} to read the plan limits again. See: signalbox limits` }
  }
  const isVisit = args.range === 'since_visit'
  const tool = findTool(name)
  const { text, data } = await tool.run(client, tool.input.parse(isVisit ? { ...args, range: 'last_24h' } : args), context)
  return { text: isVisit ? `The terminal keeps no time of your last visit; this is the last day.\n${text}` : text, data }
}

function findTool(name: string): Tool {
  const tool = askTools.find((one) => one.name === name)
  if (tool === undefined) throw new Error(`no tool ${name}`)
  return tool
}

/** Shows what would change. Where there is no terminal to ask on, that is all: the command that does it is printed. */
async function act(io: Io, parsed: Parsed, hub: Hub, context: ToolContext, options: AskOptions): Promise<void> {
  const proposal = await propose(parsed.call!, hub, context)
  if (proposal === undefined) throw new Failure('this cannot be done from the terminal yet.')
  const command = `signalbox ${proposal.command.map((word) => (/\s/.test(word) ? `'${word}'` : word)).join(' ')}`
  if (options.json) return printJson(io, { ...toJson(parsed), proposal: { effect: proposal.effect, command } })
  io.stdout.write(`${printableLines(proposal.effect)}\n`)
  if (!canPrompt(io)) return void io.stdout.write(`Nothing was changed. To do it: ${printable(command)}\n`)
  await confirm(io, 'Do it?', {})
  await proposal.run(io)
}

function print(io: Io, { json }: AskOptions, parsed: Parsed, { text, data }: { text: string; data?: unknown }): void {
  if (json) printJson(io, { ...toJson(parsed), text, data })
  else io.stdout.write(`${printableLines(text)}\n`)
}

const toJson = ({ call, unknown }: Parsed) => ({ call: call ?? null, unknown })

/** `usage_compare: range yesterday, why`. */
function describeCall({ tool, arguments: args }: Call): string {
  const parts = Object.entries(args).map(([name, value]) => (value === true ? name : `${name} ${String(value).replaceAll('_', ' ')}`))
  return parts.length === 0 ? tool : `${tool}: ${parts.join(', ')}`
}

function ignored({ unknown }: Parsed): string {
  return unknown.length === 0 ? '' : `Not understood, and left out: ${printable(unknown.join(', '))}.\n`
}

function notUnderstood(io: Io, parsed: Parsed, { json }: AskOptions): void {
  if (json) {
    printJson(io, { ...toJson(parsed), suggestions: parsed.suggestions })
    io.exitCode = 1
    return
  }
  const words = parsed.unknown.slice(0, 3).map((word) => `"${printable(word)}"`)
  throw new Failure(
    `${words.length === 0 ? 'the question was not understood' : `the question was not understood; ${words.join(', ')} ${plural(words.length, 'means', 'mean')} nothing here`}.`,
    `Near questions: ${parsed.suggestions.map((one) => `"${printable(one)}"`).join(', ')}.`,
  )
}
