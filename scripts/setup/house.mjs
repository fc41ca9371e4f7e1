import path from 'node:path'

/** The folder of the checkout. */
export const house = path.resolve(import.meta.dirname, '../..')
export const modules = path.join(house, 'node_modules')
export const cache = path.join(house, '.cache')
