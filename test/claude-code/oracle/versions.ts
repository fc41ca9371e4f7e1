import { newest } from '../client.ts'

/** The versions of the whole table: the newest, and one on each side of every change of what transcripts hold. */
export const oracleVersions = [
  newest,
  '2.1.307',
  '2.1.306',
  '2.1.277',
  '2.1.246',
  '2.1.200',
  '2.1.97',
  '2.1.90',
  '2.1.39',
  '2.0.76',
] as const
