import { describe, expect, it } from 'vitest'
import { looksLikeUsagePage, readPageText } from './page-text.ts'

// A Tuesday, 11:18 in Berlin.
const now = Date.parse('2026-10-06T09:18:00Z')
const read = (lines: string, language = 'en') =>
  readPageText(
    lines
      .trim()
      .split('\n')
      .map((line) => line.trim())
      .join('\n'),
    { now, zone: 'Europe/Berlin', language },
  )
const at = (text: string) => Date.parse(text)

const session = { kind: 'session', label: '5-hour limit' }
const weekly = { kind: 'weekly_all', label: 'Weekly limit' }
const scoped = (scope: string, label = `Weekly limit · ${scope}`) => ({ kind: 'weekly_scoped', scope, label })
const thursday = { resetsText: 'Thu 7:00 AM', resetsAt: at('2026-10-08T05:00Z') }

const whole = `
  Settings
  Plan usage limits
  Max (20x)
  Current session
  Resets in 1 hr 12 min
  63% used
  Weekly limits
  Learn more about usage limits
  All models
  Resets Thu 7:00 AM
  22% used
  Opus only
  Resets Thu 7:00 AM
  5% used
  Last updated: 2 minutes ago
  Extra usage
  Turn on extra usage to go on when you reach a limit.`

describe('the text of the usage page', () => {
  it('gives every row with its label, number and reset', () => {
    expect(read(whole)).toEqual({
      windows: [
        { ...session, percentUsed: 63, resetsText: '1 hr 12 min', resetsAt: at('2026-10-06T10:30Z'), state: 'known' },
        { ...weekly, percentUsed: 22, ...thursday, state: 'known' },
        { ...scoped('Opus'), percentUsed: 5, ...thursday, state: 'known' },
      ],
      plan: { name: 'Max', tier: '20x' },
      isPartial: false,
    })
  })

  it('accepts the percentage before the reset, and any kind of space', () => {
    const turned = read(
      'Current session\n63\u00a0% used\nResets\u202fin\u00a01 hr 12 min\nWeekly limits\nAll models\n22% used\nResets Thu 7:00\u202fAM',
    )
    expect(turned.windows).toEqual([
      { ...session, percentUsed: 63, resetsText: '1 hr 12 min', resetsAt: at('2026-10-06T10:30Z'), state: 'known' },
      { ...weekly, percentUsed: 22, ...thursday, state: 'known' },
    ])
  })

  it('gives idle windows, which start with the next message', () => {
    const { windows, isPartial } = read(`
      Plan usage limits
      Pro
      Current session
      Starts when a message is sent
      0% used
      Weekly limits
      All models
      Resets Thu 7:00 AM
      3% used
      Sonnet only
      You haven’t used Sonnet yet
      0% used`)
    expect(windows).toEqual([
      { ...session, percentUsed: 0, state: 'idle' },
      { ...weekly, percentUsed: 3, ...thursday, state: 'known' },
      { ...scoped('Sonnet'), percentUsed: 0, state: 'idle' },
    ])
    expect(isPartial).toBe(false)
  })

  it('ignores percentages in notices, wherever they are', () => {
    const noisy = read(`
      Plan usage limits
      Max (20x)
      Get 40% off your first year, until Oct 31.
      25% off
      Current session
      You have used 90% of your session before, so plan ahead.
      Resets in 1 hr 12 min
      63% used
      Weekly limits
      Weekly limits are 50% higher until Oct 13.
      80% of people never reach them
      All models
      Resets Thu 7:00 AM
      22% used`)
    expect(noisy.windows).toEqual([
      { ...session, percentUsed: 63, resetsText: '1 hr 12 min', resetsAt: at('2026-10-06T10:30Z'), state: 'known' },
      { ...weekly, percentUsed: 22, ...thursday, state: 'known' },
    ])
    expect(noisy.isPartial).toBe(false)
  })

  it('gives rows for unknown models, with and without "only"', () => {
    const { windows } = read(`
      Current session
      Resets in 1 hr 12 min
      63% used
      Weekly limits
      All models
      Resets Thu 7:00 AM
      22% used
      Fable 2 only
      Resets Thu 7:00 AM
      44% used
      Claude Design
      4% used
      Resets Thu 7:00 AM`)
    expect(windows.slice(2)).toEqual([
      { ...scoped('Fable 2'), percentUsed: 44, ...thursday, state: 'known' },
      { ...scoped('Claude Design', 'Claude Design'), percentUsed: 4, ...thursday, state: 'known' },
    ])
  })

  it('gives an unreadable window for a row without its percentage, never that of another row', () => {
    const { windows, isPartial } = read(`
      Current session
      Resets in 1 hr 12 min
      Weekly limits
      All models
      Resets Thu 7:00 AM
      Sonnet only
      Resets Thu 7:00 AM
      5% used
      Opus only
      Resets Thu 7:00 AM
      Last updated: just now
      Extra usage
      9% used`)
    expect(windows.map(({ label, state, percentUsed }) => [label, state, percentUsed])).toEqual([
      ['5-hour limit', 'unreadable', undefined],
      ['Weekly limit', 'unreadable', undefined],
      ['Weekly limit · Sonnet', 'known', 5],
      ['Weekly limit · Opus', 'unreadable', undefined],
    ])
    expect(windows[0]?.problem).toContain('Resets in 1 hr 12 min')
    expect(isPartial).toBe(true)
  })

  it('ends a row at an unknown heading', () => {
    const { windows } = read(`
      Current session
      Resets in 1 hr 12 min
      63% used
      Weekly limits
      All models
      Resets Thu 7:00 AM
      Additional features
      12% used`)
    expect(windows.map(({ label, state, percentUsed }) => [label, state, percentUsed])).toEqual([
      ['5-hour limit', 'known', 63],
      ['Weekly limit', 'unreadable', undefined],
    ])
  })

  it.each([
    ['two numbers', 'Resets in 1 hr 12 min\n63% used\n64% used'],
    ['two resets', 'Resets in 1 hr 12 min\nResets in 2 hr\n63% used'],
    ['a number over 1000', 'Resets in 1 hr 12 min\n1163% used'],
    ['what is left instead of what is used', 'Resets in 1 hr 12 min\n37% left'],
    ['no reset', '63% used'],
    ['a number although it has not begun', 'Starts when a message is sent\n63% used'],
    ['nothing at all', ''],
    ['a number that is none', 'Resets in 1 hr 12 min\n–% used'],
  ])('gives an unreadable window for a row with %s', (_, row) => {
    const { windows, isPartial } = read(`Current session\n${row}\nWeekly limits\nAll models\nResets Thu 7:00 AM\n22% used`)
    expect(windows[0]).toMatchObject({ ...session, state: 'unreadable' })
    expect(windows[0]).not.toHaveProperty('percentUsed')
    expect(windows[1]).toMatchObject({ ...weekly, percentUsed: 22, state: 'known' })
    expect(isPartial).toBe(true)
  })

  it('keeps the words of an unknown reset, without a time', () => {
    const { windows } = read(
      'Current session\nResets whenever 3 moons align\n63% used\nWeekly limits\nAll models\nResets Thu 7:00 AM\n22% used',
    )
    expect(windows[0]).toEqual({ ...session, percentUsed: 63, resetsText: 'whenever 3 moons align', state: 'known' })
  })

  it('gives the windows of one section where that is all there is', () => {
    expect(read('Weekly limits\nAll models\nResets Thu 7:00 AM\n22% used')).toEqual({
      windows: [{ ...weekly, percentUsed: 22, ...thursday, state: 'known' }],
      isPartial: false,
    })
    expect(read('Current session\nResets in 1 hr 12 min\n63% used')).toMatchObject({
      windows: [{ ...session, percentUsed: 63 }],
      isPartial: false,
    })
  })

  it('gives an unreadable window for two different rows of one name', () => {
    const { windows } = read(`${whole}\nCurrent session\nResets in 1 hr 12 min\n64% used`)
    expect(windows[0]).toMatchObject({ ...session, state: 'unreadable' })
    // A chat in the side bar may have the name of a row.
    expect(read(`Current session\nAll models\n${whole}`).windows).toEqual(read(whole).windows)
  })

  it('gives extra usage apart from the windows', () => {
    const { windows, extraUsage } = read(`${whole}\n$4.20 spent\nResets Nov 1, 1:00 AM\n21% used\n$20 monthly limit`)
    expect(windows).toHaveLength(3)
    expect(extraUsage).toEqual({
      used_credits: 420,
      monthly_limit: 2000,
      currency: 'USD',
      decimal_places: 2,
      percentageUsed: 21,
      resetsIn: 'Nov 1, 1:00 AM',
      resetsAt: '2026-11-01T00:00:00.000Z',
    })
  })

  it('gives amounts above or beside their word, in the currency of the page, and none of two currencies', () => {
    const amounts = (text: string) => read(`${whole}\n${text}`).extraUsage
    expect(amounts('€1,250.4 spent\n104% used\n€1,200\nMonthly spend limit\n€0\nCurrent balance · auto-reload off')).toEqual({
      used_credits: 125_040,
      monthly_limit: 120_000,
      balance: 0,
      currency: 'EUR',
      decimal_places: 2,
      percentageUsed: 104,
    })
    expect(amounts('¥900 spent')).toEqual({ used_credits: 900, currency: 'JPY', decimal_places: 0 })
    expect(amounts('$4 spent\n€20 monthly limit')).toBeUndefined()
    expect(amounts('You spent $40 on coffee\n$9 off your next month\nToggle $5')).toBeUndefined()
  })

  it.each([
    ['101% used', 101],
    ['163% used', 163],
    ['1,000% used', 1000],
    ['1000 % used', 1000],
  ])('gives %s as a value: extra usage pays for more than the plan', (words, percentUsed) => {
    expect(read(`Current session\nResets in 1 hr 12 min\n${words}\nAll models\nResets Thu 7:00 AM\n3% used`).windows[0]).toMatchObject({
      ...session,
      percentUsed,
      state: 'known',
    })
  })

  it('is parsed in German, with a 24-hour clock', () => {
    const german = `
      Nutzungslimits des Plans
      Pro
      Aktuelle Sitzung
      Zurücksetzung in 2 Std. 42 Min.
      47 % verwendet
      Wöchentliche Limits
      50 % mehr bis zum 13. Oktober
      Alle Modelle
      Zurücksetzung Do., 07:00
      31 % verwendet
      Nur Sonnet
      Beginnt, wenn eine Nachricht gesendet wird
      0 % verwendet`
    const expected = [
      { ...session, percentUsed: 47, resetsText: '2 Std. 42 Min.', resetsAt: at('2026-10-06T12:00Z'), state: 'known' },
      { ...weekly, percentUsed: 31, resetsText: 'Do., 07:00', resetsAt: at('2026-10-08T05:00Z'), state: 'known' },
      { ...scoped('Sonnet'), percentUsed: 0, state: 'idle' },
    ]
    expect(read(german, 'de')).toEqual({ windows: expected, plan: { name: 'Pro' }, isPartial: false })
    // Also without the page's language tag.
    expect(read(german, '').windows).toEqual(expected)
  })

  it('gives no windows for an unsupported language or another page', () => {
    expect(read('Nykyinen istunto\nNollautuu 2 t 42 min\n47 % käytetty\nViikkorajat\nKaikki mallit\n31 % käytetty', 'fi')).toEqual({
      windows: [],
      isPartial: true,
    })
    expect(read('Good morning\n47% used\nResets in 2 hr').windows).toEqual([])
    expect(looksLikeUsagePage('Good morning\n47% used', 'en')).toBe(false)
    expect(looksLikeUsagePage(whole, '')).toBe(true)
  })

  it('gives no readable window for garbage', () => {
    for (const text of ['', '\n\n\n', '%'.repeat(10_000), 'Current session\n'.repeat(5_000), '🦊'.repeat(1_000)])
      expect(read(text).windows.every(({ state }) => state === 'unreadable')).toBe(true)
  })
})
