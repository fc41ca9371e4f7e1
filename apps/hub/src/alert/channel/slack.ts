import type { SlackConfig } from '@signalbox/contract/channel-config'
import { deliver, failed, refused, secretsOf } from './answer.ts'
import type { ChannelKind, Message } from './channel-kind.ts'
import { isOver, linksOf, messageBody, sizeInUnits, type TextStyle, titleOf, withoutMentions } from './message-text.ts'

// https://docs.slack.dev/reference/block-kit/blocks and …/messaging/sending-messages-using-incoming-webhooks
const MAX_HEADER = 150
const MAX_SECTION = 3_000
const MAX_ADDRESS = 3_000
/** Of Mattermost; Rocket.Chat's is 5,000. */
const MAX_TEXT = 4_000

/** Only these three characters begin markup that calls people: `<!channel>`. */
const escapeSlack = (text: string) => text.replace(/[&<>]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[one] ?? one)
const slackLink = (label: string, url: string) => `<${url.replace(/[<>|]/g, encodeURIComponent)}|${label}>`

const slackStyle: TextStyle = { escape: escapeSlack, bold: (text) => `*${text}*`, link: slackLink, size: sizeInUnits }

const mattermostStyle: TextStyle = {
  escape: (text) => withoutMentions(text.replace(/[\\`*_{}[\]()#+\-.!|~<>]/g, '\\$&')),
  bold: (text) => `**${text}**`,
  link: (label, url) => `[${label}](${url.replace(/[()\s]/g, encodeURIComponent)})`,
  size: sizeInUnits,
}

const rocketchatStyle: TextStyle = {
  // It knows no escape: an invisible space ends what would be markup.
  escape: (text) => withoutMentions(text.replace(/[<[\]*_~`]/g, '$&\u200b')),
  bold: (text) => `*${text}*`,
  link: slackLink,
  size: sizeInUnits,
}

const finalTexts =
  /^(invalid_token|no_service|no_team|no_active_hooks|action_prohibited|channel_is_archived|channel_not_found|posting_to_general_channel_denied|team_disabled|user_not_found|token_revoked)$/

/** Incoming webhooks of Slack, and of Mattermost and Rocket.Chat, which take the same request with a markup of their own. */
export const slack: ChannelKind<SlackConfig> = {
  kind: 'slack',
  repeat: 'marked',
  rate: { burst: 1, per_ms: 1_000 },
  send(message, config, wire, signal) {
    const channel = config.channel === undefined || (config.server ?? 'slack') === 'slack' ? {} : { channel: config.channel }
    const request = {
      method: 'POST',
      url: config.url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...contentFor(message, config.server), ...channel }),
    } as const
    return deliver(wire, request, signal, secretsOf('slack', config), (answer) => {
      const said = answer.body.trim()
      if (finalTexts.test(said)) return refused(answer)
      // Anything else with this status is a page on the way there.
      return answer.status === 200 && said !== 'ok' && answer.json.success !== true ? failed(answer) : undefined
    })
  },
}

function contentFor(message: Message, server: SlackConfig['server']): object {
  if (server === 'mattermost') return { text: messageBody(message, mattermostStyle, { max: MAX_TEXT, withTitle: true }) }
  if (server === 'rocketchat') return { text: messageBody(message, rocketchatStyle, { max: MAX_TEXT, withTitle: true }) }
  const body = messageBody(message, slackStyle, { max: MAX_SECTION - 40, withoutLinks: true })
  const buttons = linksOf(message)
    .filter(({ url }) => url.length <= MAX_ADDRESS)
    .map(({ label, url }, index) => ({
      type: 'button',
      action_id: `link_${index}`,
      text: { type: 'plain_text', text: label },
      url,
    }))
  return {
    // What a phone shows before the message is opened.
    text: escapeSlack(titleOf(message, MAX_HEADER)),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: { type: 'plain_text', emoji: false, text: titleOf(message, MAX_HEADER) || 'Signalbox' } },
      ...(body === '' ? [] : [{ type: 'section', text: { type: 'mrkdwn', verbatim: true, text: `${signOf(message)} ${body}` } }]),
      ...(buttons.length === 0 ? [] : [{ type: 'actions', elements: buttons }]),
    ],
  }
}

function signOf(message: Message): string {
  if (isOver(message)) return ':white_check_mark:'
  return { critical: ':red_circle:', warning: ':large_orange_circle:', info: ':large_blue_circle:' }[message.severity]
}
