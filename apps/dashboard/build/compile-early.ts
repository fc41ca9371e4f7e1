import type { Plugin } from 'vite'

/** V8's own words; other engines read a comment. */
const HINT = '//# allFunctionsCalledOnLoad\n'

/**
 * Has the functions of the chunks of the first screen compiled while they arrive, beside the main thread, instead of one by one when
 * they are called.
 */
export function compileEarly(chunks: readonly string[]): Plugin {
  return {
    name: 'signalbox:compile-early',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        // V8 looks for it only at the very beginning, before which Vite has put something by then.
        for (const file of Object.values(bundle)) if (file.type === 'chunk' && chunks.includes(file.name)) file.code = `${HINT}${file.code}`
      },
    },
  }
}
