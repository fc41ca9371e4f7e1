import type { TeamsConfig } from '@signalbox/contract/channel-config'
import { deliver, outcomeOf, refused, secretsOf } from './answer.ts'
import type { ChannelKind, Message } from './channel-kind.ts'
import { cutTo, isOver, itemLine, linksOf, oneLine, sizeInBytes, titleOf } from './message-text.ts'

/** About 28 KB for all that Teams posts; the workflow adds to what it gets. */
const MAX_BYTES = 20_000
const SUMMARY_LENGTHS = [500, 200, 80]

/** A workflow of Teams ("When a Teams webhook request is received"). Its answer says that it began, not that the card is there. */
export const teams: ChannelKind<TeamsConfig> = {
  kind: 'teams',
  repeat: 'marked',
  rate: { burst: 4, per_ms: 1_000 },
  send(message, config, wire, signal) {
    const request = {
      method: 'POST',
      url: config.url,
      headers: { 'content-type': 'application/json' },
      body: bodyOf(message),
    } as const
    return deliver(wire, request, signal, secretsOf('teams', config), (answer) => {
      const outcome = outcomeOf(answer)
      if (outcome.outcome === 'sent') {
        return { ...outcome, receipt: { status: answer.status, said: 'The workflow has begun. Whether the card is shown is not known.' } }
      }
      const { code } = (answer.json.error ?? {}) as { code?: unknown }
      return code === 'WorkflowTriggerIsNotEnabled' ? refused(answer, 'has switched the workflow off') : undefined
    })
  },
}

function bodyOf(message: Message): string {
  const bodies = SUMMARY_LENGTHS.map((length) => () => JSON.stringify(cardMessage(message, length)))
  for (const body of bodies) {
    const text = body()
    if (sizeInBytes(text) <= MAX_BYTES) return text
  }
  return JSON.stringify(cardMessage({ ...message, items: [], more: message.more + message.items.length, notes: [] }, 80))
}

function cardMessage(message: Message, summaryLength: number): object {
  const lines = [
    ...message.items.map((item) => cutTo(itemLine(item), summaryLength)),
    ...(message.more === 0 ? [] : [`and ${message.more} more`]),
    ...message.notes.map((note) => cutTo(oneLine(note), summaryLength)),
  ]
  const actions = linksOf(message).map(({ label, url }) => ({ type: 'Action.OpenUrl', title: label, url }))
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.2',
          body: [
            textBlock(titleOf(message), { weight: 'Bolder', size: 'Medium', color: colorOf(message) }),
            ...lines.map((line) => textBlock(line)),
          ],
          actions,
        },
      },
    ],
  }
}

/** A TextBlock would read Markdown in the text; the runs of a RichTextBlock are shown as they are. */
function textBlock(text: string, style: Readonly<Record<string, string>> = {}): object {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...style }] }
}

function colorOf(message: Message): string {
  return isOver(message) ? 'Good' : { critical: 'Attention', warning: 'Warning', info: 'Accent' }[message.severity]
}
