import { MachineWrites } from '@signalbox/client/machine-writes'
import { hubOptions } from './hub.ts'

/** Client of the hub with the requests that change sessions and machines, which only the screens with actions load. */
export const controlHub = new MachineWrites(hubOptions)
