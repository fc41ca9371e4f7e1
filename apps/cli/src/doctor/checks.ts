import { browser } from './browser.ts'
import type { Check } from './check.ts'
import { claudeCode } from './claude-code.ts'
import { codex } from './codex.ts'
import { collector } from './collector.ts'
import { dataDir } from './data-dir.ts'
import { hubCheck } from './hub.ts'
import { hubDatabase } from './hub-database.ts'
import { ledger } from './ledger.ts'
import { node } from './node.ts'
import { prices } from './prices.ts'
import { transcripts } from './transcripts.ts'
import { zone } from './zone.ts'

/** Every check, in the order of the report. */
export const checks: readonly Check[] = [
  node,
  dataDir,
  transcripts,
  ledger,
  prices,
  zone,
  hubCheck,
  hubDatabase,
  collector,
  claudeCode,
  codex,
  browser,
]
