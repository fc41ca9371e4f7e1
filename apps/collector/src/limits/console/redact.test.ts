import { expect, it } from 'vitest'
import { redact } from './redact.ts'

it('removes addresses, names, ids and amounts, and keeps the words of the page and its percentages', () => {
  const page = `Good evening, Ada
Ada Lovelace
ada.lovelace+home@analytical.example
Ada’s Organization
Plan usage limits
Max (20x)
Current session
Resets in 2 hr 42 min
47% used
31.5 % used
All models
Resets Thu 7:00 AM
Balance $1,234.56
Org 7c9e6679-7425-40de-944b-e07fc1f90ae7
user_01HZX4T9 sk-ant-api03-AbC_9
See https://claude.example/chat/7c9e6679?x=1
Card 4242 4242 4242 4242`
  const clean = redact(page)
  expect(clean.split('\n')).toEqual([
    '[name] evening, [name]',
    '[name]',
    '[e-mail]',
    '[name]',
    'Plan usage limits',
    'Max (##x)',
    'Current session',
    'Resets in # hr ## min',
    '47% used',
    '31.5 % used',
    'All models',
    'Resets Thu #:## AM',
    '[name] [amount]',
    '[name] [id]',
    '[id] [id]',
    'See [address]',
    '[name] #### #### #### ####',
  ])
  for (const secret of ['Ada', 'Lovelace', 'analytical', '1,234', '7c9e', '01HZX', 'AbC', '4242']) expect(clean).not.toContain(secret)
})
