/** One import of a source file. */
export interface Import {
  readonly from: string
  /** True when the import is erased at run time. */
  readonly typesOnly: boolean
}

const statement =
  /(?:^|[\n;])[ \t]*(import|export)([ \t\n]+type\b(?![ \t]*,|[ \t]+from[ \t\n]+['"]))?([\s\w{},*$]*?)from[ \t\n]*['"]([^'"\n]+)['"]/g
const bare = /(?:^|[\n;])[ \t]*import[ \t]*['"]([^'"\n]+)['"]/g
const called = /\b(?:import|import\.meta\.resolve|require)\(\s*['"]([^'"\n]+)['"]/g

/** The imports of a TypeScript source, read from its text. `import { type A, type B }` counts as types only. */
export function importsOf(source: string): Import[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const found: Import[] = []
  for (const [, , type, names = '', from = ''] of code.matchAll(statement)) {
    const inBraces = /^\s*\{([\s\S]*)\}\s*$/.exec(names)?.[1]
    const allTypes = inBraces?.split(',').every((name) => name.trim() === '' || /^type\s/.test(name.trim())) ?? false
    found.push({ from, typesOnly: type !== undefined || allTypes })
  }
  for (const [, from = ''] of code.matchAll(bare)) found.push({ from, typesOnly: false })
  for (const [, from = ''] of code.matchAll(called)) found.push({ from, typesOnly: false })
  return found
}
