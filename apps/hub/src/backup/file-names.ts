/** The files of a backup, named as in the data folder. */
export const HUB_DATABASE = 'signalbox.db'
export const LEDGER = 'ledger.db'
/** The key that seals the secrets of channels: without it they would have to be entered again. */
export const SECRET_KEY_FILE = 'secret.key'
/** The table of PRICE_TABLE, which is anywhere on the disk. */
export const PRICES = 'prices.json'
