import fc from 'fast-check'
import type { Message, MessageItem } from '../../apps/hub/src/alert/channel/channel-kind.ts'

/** An alert as a message has it. */
export function anItem(changes: Partial<MessageItem> = {}): MessageItem {
  return {
    alert_id: 'a_3f9a1c20b7d4',
    what: 'opened',
    kind: 'session_failed',
    severity: 'critical',
    summary: 'Session "Fix login" failed on laptop',
    occurred_at: Date.UTC(2026, 9, 6, 9, 12),
    about: { session_id: 's_1', machine_id: 'laptop' },
    values: { reason: 'crashed' },
    url: 'https://hub.example/app/alerts/a_3f9a1c20b7d4',
    acknowledge_url: 'https://hub.example/a/token',
    ...changes,
  }
}

export function aMessage(changes: Partial<Message> = {}): Message {
  return {
    id: '5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592',
    title: 'Session failed: Fix login',
    items: [anItem()],
    more: 0,
    severity: 'critical',
    notes: [],
    may_be_repeat: false,
    url: 'https://hub.example/app/alerts',
    ...changes,
  }
}

/** What strangers write into names: everything that is markup somewhere, or ends a line, or is very long. */
export const hostileTexts: readonly string[] = [
  '@everyone @here @channel @room <!channel> <@U123> <@&99> <#1>',
  '<script>alert(1)</script> <b>bold</b> &amp; <a href="https://evil.example">x</a>',
  '[click](https://evil.example) ![x](https://evil.example/x.png) **bold** _it_ ~s~ `c` ||s|| > q # h',
  '<https://evil.example|click>',
  'one\r\nBcc: eve@evil.example\r\n\r\nbody\u2028\u2029\u0085end',
  '\u202eevil\u202c \u2066x\u2069 \u200e\u200f \u0000\u0007\u001b[31m',
  'مرحبا بالعالم: הבנייה נכשלה',
  '👩‍👩‍👧‍👦🇩🇪👍🏽'.repeat(400),
  'x'.repeat(5_000),
  '\ud800 lone \udfff',
  '"quotes" \\back\\slash %s {{y}}',
  '   ',
]

const markup = fc.constantFrom(
  '@',
  '<',
  '>',
  '&',
  '`',
  '*',
  '_',
  '~',
  '|',
  '[',
  ']',
  '(',
  ')',
  '\\',
  '"',
  ':',
  '#',
  '-',
  '!',
  '\r\n',
  '\u202e',
  '\u0000',
)
/** Any text, with more markup, line ends and emoji in it than chance would bring. */
export const anyText = fc
  .array(fc.oneof(markup, fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 400 })), { maxLength: 30 })
  .map((parts) => parts.join(''))

/** Any message of up to ten alerts. */
export const anyMessage = fc
  .record({
    title: anyText,
    summaries: fc.array(anyText, { minLength: 1, maxLength: 10 }),
    more: fc.nat(99),
    notes: fc.array(anyText, { maxLength: 3 }),
  })
  .map(({ title, summaries, more, notes }): Message => {
    const items = summaries.map((summary, index) =>
      anItem({ alert_id: `a_${index}`, summary, what: index % 2 === 0 ? 'opened' : 'closed' }),
    )
    return aMessage({ title: `Alert ${title}`, items, more, notes })
  })
