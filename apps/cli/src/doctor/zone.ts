import { localZone } from '../local-zone.ts'
import { type Check, ok } from './check.ts'

export const zone: Check = ({ settings: { TIMEZONE } }) => [
  ok('Time zone', TIMEZONE === undefined ? `${localZone()}, the machine's own` : `${TIMEZONE}, by TIMEZONE`),
]
