import { browser } from './browser.ts'
import type { Check } from './check.ts'
import { collector } from './collector.ts'
import { dataDir } from './data-dir.ts'
import { hub } from './hub.ts'
import { ledger } from './ledger.ts'
import { node } from './node.ts'
import { prices } from './prices.ts'
import { transcripts } from './transcripts.ts'
import { zone } from './zone.ts'

/** Everything that is looked at, in the order it is told. */
export const checks: readonly Check[] = [node, dataDir, transcripts, ledger, prices, zone, hub, collector, browser]
