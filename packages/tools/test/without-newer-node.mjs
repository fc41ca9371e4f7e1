// Takes away what came after Node 18, so that a program which needs it fails here too.
// Node's own fetch needs some of it while it is loaded.
await fetch('http://127.0.0.1:9').catch(() => {})
for (const name of ['toSorted', 'toReversed', 'toSpliced', 'with']) delete Array.prototype[name]
// Its fetch also needs toWellFormed for every request.
delete String.prototype.isWellFormed
for (const name of ['union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom'])
  delete Set.prototype[name]
delete Object.groupBy
delete Map.groupBy
delete Promise.withResolvers
delete Promise.try
delete Array.fromAsync
delete globalThis.Iterator
delete AbortSignal.any
Object.defineProperty(globalThis, 'crypto', { value: undefined, writable: true, configurable: true })
