import { AlertCalls } from '@signalbox/client/alert-calls'
import { hubOptions } from './hub.ts'

/** Client of the hub with the requests about alerts, keys, sign-ins and the audit log, which the first screen does not load. */
export const wholeHub = new AlertCalls(hubOptions)
