import type { ChannelKindName } from './channel-kind.ts'

/**
 * What a person fills in for each kind of channel: forms, `signalbox channels add` and the documents show the same fields in the
 * same order. Without a schema library, because the command line offers them; `channel-config.ts` has the schemas.
 */
export interface ChannelField {
  readonly name: string
  readonly label: string
  /** `list`: several texts, which forms and the command line take with commas between them. */
  readonly type: 'text' | 'address' | 'list' | 'choice' | 'yes_no' | 'seconds'
  readonly required: boolean
  /** Never returned: see `withoutSecrets`. */
  readonly secret: boolean
  /** Where messages go: a caller that changes it has to give the secrets anew, so that none is sent to an address of another. */
  readonly destination: boolean
  /** One line. */
  readonly help: string
  readonly example: string
  readonly choices?: readonly string[]
  /** What counts where the field is empty, in words. */
  readonly without?: string
}

type FieldOptions = Partial<Pick<ChannelField, 'type' | 'required' | 'secret' | 'destination' | 'choices' | 'without'>>

function field(name: string, label: string, help: string, example: string, options: FieldOptions = {}): ChannelField {
  return { name, label, type: 'text', required: false, secret: false, destination: false, ...options, help, example }
}

const needed = { required: true } as const
const secret = { secret: true } as const
/** An address that is itself the secret. */
const secretAddress = { type: 'address', required: true, secret: true, destination: true } as const
const server = { type: 'address', destination: true } as const

export const channelFields: Readonly<Record<ChannelKindName, readonly ChannelField[]>> = {
  web_push: [],
  email: [field('to', 'Recipients', 'E-mail addresses, at most 20.', 'ops@example.com', { ...needed, type: 'list' })],
  webhook: [
    field('url', 'Address', 'Receives a POST with JSON, signed as Standard Webhooks describes.', 'https://example.com/hooks/signalbox', {
      ...needed,
      ...server,
    }),
    field('secret', 'Signing secret', 'With it the receiver verifies each message.', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
      ...secret,
      without: 'the hub makes one and shows it once',
    }),
    field(
      'previous_secret',
      'Previous signing secret',
      'Signs as well, until the receiver knows the new one.',
      'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
      secret,
    ),
    field('authorization', 'Authorization header', 'Sent as it is, where the receiver asks for one.', 'Bearer 3f9a1c20', secret),
  ],
  ntfy: [
    field(
      'topic',
      'Topic',
      'The name you subscribed to in the app. Without an access token anyone who guesses it can read.',
      'signalbox-7h2kq',
      {
        ...needed,
      },
    ),
    field('server', 'Server', 'Your own server, or the public one.', 'https://ntfy.example.com', { ...server, without: 'https://ntfy.sh' }),
    field('token', 'Access token', 'For a topic that is protected.', 'tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2', secret),
    field('user', 'User', 'For a topic that is protected by a password.', 'phil'),
    field('password', 'Password', 'Belongs to the user.', 'correct horse', secret),
  ],
  slack: [
    field(
      'url',
      'Webhook address',
      'The address of an incoming webhook; anyone who has it can post.',
      'https://hooks.slack.com/services/T000/B000/XXXX',
      secretAddress,
    ),
    field('server', 'Server', 'Which program receives the messages: it decides about their markup.', 'mattermost', {
      type: 'choice',
      choices: ['slack', 'mattermost', 'rocketchat'],
      without: 'slack',
    }),
    field('channel', 'Channel', 'Another channel than the one of the webhook; Slack ignores it.', 'ops'),
  ],
  discord: [
    field(
      'url',
      'Webhook address',
      'From Integrations in the settings of the channel; anyone who has it can post.',
      'https://discord.com/api/webhooks/1234/abcd',
      secretAddress,
    ),
    field('thread_id', 'Thread', 'The id of a thread of that channel.', '1098765432101234567'),
  ],
  telegram: [
    field('bot_token', 'Bot token', 'BotFather gives it to you with a new bot.', '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw', {
      ...needed,
      ...secret,
    }),
    field(
      'chat_id',
      'Chat',
      'The id of a person, group or channel that has talked to the bot, or @name of a public channel.',
      '-1001234567890',
      {
        ...needed,
      },
    ),
    field('topic_id', 'Topic', 'The number of a topic in a group that has topics.', '42'),
    field('server', 'Server', 'A Bot API server of your own.', 'http://telegram.internal:8081', {
      ...server,
      without: 'https://api.telegram.org',
    }),
  ],
  pagerduty: [
    field(
      'routing_key',
      'Integration key',
      'Of an integration with the Events API v2: 32 characters.',
      'e93facc04764012d7bfb002500d5d1a6',
      {
        ...needed,
        ...secret,
      },
    ),
    field('region', 'Service region', 'Where your PagerDuty account is.', 'eu', { type: 'choice', choices: ['us', 'eu'], without: 'us' }),
  ],
  matrix: [
    field('server', 'Homeserver', 'Of the account that writes.', 'https://matrix.example.org', { ...needed, ...server }),
    field('access_token', 'Access token', 'Of an account for this purpose, which has joined the room.', 'syt_c2lnbmFs_abc', {
      ...needed,
      ...secret,
    }),
    field('room_id', 'Room', 'Its internal id, from the settings of the room.', '!AbCdEf:example.org', needed),
  ],
  teams: [
    field(
      'url',
      'Workflow address',
      'Of a workflow that begins with "When a Teams webhook request is received".',
      'https://prod-00.westeurope.logic.azure.com/workflows/…',
      secretAddress,
    ),
  ],
  pushover: [
    field(
      'app_token',
      'Application token',
      'Of an application that you create at pushover.net: 30 characters.',
      'azGDORePK8gMaC0QOYAMyEEuzJnyUi',
      {
        ...needed,
        ...secret,
      },
    ),
    field('user_key', 'User or group key', 'Who receives the messages: 30 characters.', 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG', {
      ...needed,
      ...secret,
    }),
    field('device', 'Device', 'The name of one device.', 'phone', { without: 'all devices' }),
    field('emergency', 'Repeat critical alerts', 'Critical alerts sound until a person confirms them.', 'yes', {
      type: 'yes_no',
      without: 'no',
    }),
    field('retry_s', 'Repeat every', 'Seconds between two sounds of a critical alert, at least 30.', '60', {
      type: 'seconds',
      without: '60',
    }),
    field('expire_s', 'Repeat for', 'Seconds after which they end, at most 10800.', '3600', { type: 'seconds', without: '3600' }),
  ],
  desktop: [
    field('machine_id', 'Machine', 'The one that shows them.', 'laptop', { without: 'every machine whose collector can show them' }),
  ],
  apprise: [
    field('url', 'Address', 'Of your Apprise API.', 'http://apprise.internal:8000', { ...needed, ...server }),
    field('config_key', 'Configuration key', 'Under which the Apprise API keeps its addresses.', 'signalbox', secret),
    field('urls', 'Apprise addresses', 'Where nothing is kept at the Apprise API: at most 20.', 'gotify://gotify.internal/token', {
      ...secret,
      type: 'list',
    }),
    field('tags', 'Tags', 'Which of the kept addresses receive the message.', 'ops', { without: 'all' }),
  ],
}

export type ConfigValues = Readonly<Record<string, unknown>>

/** What a person typed for a field, as the value that the schema expects; undefined where it is empty. */
export function channelFieldValue({ type }: ChannelField, text: string): string | number | boolean | readonly string[] | undefined {
  const typed = text.trim()
  if (typed === '') return undefined
  if (type === 'list') return typed.split(/[,\n]/).flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
  if (type === 'yes_no') return /^(yes|true|on|1)$/i.test(typed)
  if (type === 'seconds') return Number(typed)
  return typed
}

/** What the hub says is wrong with a field, without a full stop: `must be a number`. */
export interface ChannelFieldProblem {
  readonly field: ChannelField
  readonly message: string
}

/** The details of an error about a configuration, by the fields that a person filled in; none where it is about anything else too. */
export function channelFieldProblems(kind: ChannelKindName, details: ConfigValues | undefined): readonly ChannelFieldProblem[] {
  if (!Array.isArray(details?.problems)) return []
  const problems = (details.problems as { readonly field?: unknown; readonly message?: unknown }[]).map((problem) => {
    const [whole, name] = String(problem.field).split('.')
    const field = whole === 'config' ? channelFields[kind].find((one) => one.name === name) : undefined
    return field && { field, message: String(problem.message).replace(/\.$/, '') }
  })
  return problems.every((problem) => problem !== undefined) ? problems : []
}

/** A configuration as people may see it: of a secret address its beginning, of another secret only that there is one. */
export function withoutSecrets(kind: ChannelKindName, config: ConfigValues): ConfigValues {
  const secrets = new Map(channelFields[kind].filter((one) => one.secret).map((one) => [one.name, one.type]))
  return Object.fromEntries(
    Object.entries(config)
      .filter(([name, value]) => value !== undefined && !(kind === 'web_push' && name === 'subscriptions'))
      .map(([name, value]) => {
        const type = secrets.get(name)
        if (type === undefined) return [name, value]
        return [name, type === 'address' ? beginningOfAddress(String(value)) : '…']
      }),
  )
}

/** Host and the first characters of the path: enough to know which of two it is, too little to use it. */
function beginningOfAddress(address: string): string {
  if (!URL.canParse(address)) return '…'
  const { origin, pathname } = new URL(address)
  const folders = pathname.split('/')
  // A path of one part is the secret; of a longer one the first part is the same for all.
  const shown = folders.length > 2 ? `/${folders[1]}/${(folders[2] ?? '').slice(0, 2)}` : '/'
  return `${origin}${shown}…`
}

/**
 * A changed configuration with the secrets that the caller left out or sent as they were shown. They stay only while messages go
 * where they went before: else a caller that may change the address could read them.
 * @returns the names of the secrets that have to be given anew, when there are any
 */
export function keepSecrets(
  kind: ChannelKindName,
  next: ConfigValues,
  previous: ConfigValues,
): { readonly config: ConfigValues } | { readonly missing: readonly string[] } {
  const shown = withoutSecrets(kind, previous)
  const asShown = (name: string) => next[name] === undefined || next[name] === shown[name]
  const kept = channelFields[kind].filter((one) => one.secret && previous[one.name] !== undefined && asShown(one.name))
  const moved = channelFields[kind].some(
    (one) => one.destination && !(one.secret && asShown(one.name)) && next[one.name] !== previous[one.name],
  )
  if (moved && kept.length > 0) return { missing: kept.map((one) => one.name) }
  return { config: { ...next, ...Object.fromEntries(kept.map((one) => [one.name, previous[one.name]])) } }
}
