import { expect, test } from 'vitest'
import { quietOption } from './quiet-option.ts'

const parse = quietOption(() => 'Europe/Berlin')

test('quiet hours are parsed with their days, over the end of the week too', () => {
  expect(parse('22:00-07:00')).toEqual([{ from: '22:00', to: '07:00', zone: 'Europe/Berlin' }])
  expect(parse('mon-fri 22:00-07:00', parse('Sat,sun 00:00-00:00'))).toEqual([
    { from: '00:00', to: '00:00', zone: 'Europe/Berlin', days: ['saturday', 'sunday'] },
    { from: '22:00', to: '07:00', zone: 'Europe/Berlin', days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] },
  ])
  expect(parse('fri-mon 20:00-08:00')[0]?.days).toEqual(['monday', 'friday', 'saturday', 'sunday'])
  for (const wrong of ['', '22-7', '25:00-07:00', 'm 22:00-07:00', 'someday 22:00-07:00', 'mon-tue-wed 22:00-07:00'])
    expect(() => parse(wrong)).toThrow(/such as 22:00-07:00/)
})
