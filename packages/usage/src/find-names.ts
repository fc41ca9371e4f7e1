import { editDistance } from './edit-distance.ts'
import { normaliseModel } from './model-name.ts'
import { askedModelId, foldName, isWholePath, lastSegment, OWN_AGENT, pathInHome, plainPath, shortModelName } from './name-form.ts'

/** The names that calls can be filtered by. */
export type NamedField = 'project' | 'model' | 'session' | 'branch' | 'machine' | 'person' | 'agent'

export interface FindOptions {
  /** A person has asked: the id of a model is then every spelling of it. A program gets the name that it wrote, where calls have it. */
  readonly byPerson?: boolean
  /** The folder of the person, which `~` stands for. Without it, `~` is the home folder of anybody. */
  readonly home?: string
  /** The text as a path from the current folder. */
  readonly path?: string
}

/** What a text stands for. */
export interface FoundNames {
  /** `exact`: the text is a name. `found`: it stands for these. `ambiguous`: it could be each of several. `unknown`: it is none. */
  readonly kind: 'exact' | 'found' | 'ambiguous' | 'unknown'
  /** The names that are meant, as calls have them; empty when that is not known. */
  readonly names: readonly string[]
  /** What could be meant instead, best first: those that match alike, or the nearest ones. */
  readonly nearest: readonly string[]
}

/** So many names are proposed. */
const MAX_NEAREST = 5
/** A text that is part of so many names says too little to list them all. */
const MAX_CANDIDATES = 20
/** Comparing takes long: of more names, the first ones are compared. */
const MAX_COMPARED_NAMES = 2_000
/** Shorter beginnings of the id of a session are chance. */
export const MIN_ID_LENGTH = 4
/** What tables print for calls without the name. */
const NO_NAME = '(none)'

/** A rule by which a text may mean a name; the first that holds for any name decides. */
type Rule = (name: string) => boolean

/**
 * Finds the names that a text means, as tables print them, shells complete them and people say them: a project by its path, with
 * `~` or a slash at the end, by the last segments of it, or by a part that only one has; a model by its id, its short name or a
 * family; a session by the beginning of its id.
 * @param known the names that calls have, the newest first; those that are equally near keep that order
 */
export function findNames(field: NamedField, asked: string, known: readonly string[], options: FindOptions = {}): FoundNames {
  if (field !== 'agent') return find(field, asked, known, options)
  const { kind, names, nearest } = find(
    field,
    asked === '' || asked === NO_NAME ? OWN_AGENT : asked,
    known.map((name) => name || OWN_AGENT),
    options,
  )
  const stored = names.map((name) => (name === OWN_AGENT ? '' : name))
  return { kind: asked === NO_NAME && kind === 'exact' ? 'found' : kind, names: stored, nearest }
}

/** A found name as people know it: that of Claude Code's calls, which are stored without an agent, is `claude-code`. */
export function shownName(field: NamedField | 'folder', name: string): string {
  return field === 'agent' ? name || OWN_AGENT : name
}

function find(field: NamedField, asked: string, known: readonly string[], options: FindOptions): FoundNames {
  const isSpelling = options.byPerson === true && field === 'model' && asked !== '' && normaliseModel(asked) === asked
  if (known.includes(asked) && !isSpelling) return { kind: 'exact', names: [asked], nearest: [] }
  if (asked === '' || asked === NO_NAME) return known.includes('') ? { kind: 'found', names: [''], nearest: [] } : unknown(field, '', known)
  for (const rule of rulesOf(field, asked, options)) {
    const names = known.filter((name) => name !== '' && rule(name))
    if (names.length === 0) continue
    if (field === 'model' || countThings(field, names) === 1) return { kind: isExact(names, asked) ? 'exact' : 'found', names, nearest: [] }
    return { kind: 'ambiguous', names: [], nearest: names.slice(0, MAX_CANDIDATES) }
  }
  return unknown(field, asked, known)
}

function isExact(names: readonly string[], asked: string): boolean {
  return names.length === 1 && names[0] === asked
}

/** Folders that differ only in how they are written are one thing. */
function countThings(field: NamedField, names: readonly string[]): number {
  return new Set(field === 'project' ? names.map(plainPath) : names).size
}

function rulesOf(field: NamedField, asked: string, options: FindOptions): Rule[] {
  const cut = cutRule(field, asked)
  if (cut !== undefined) return [cut]
  switch (field) {
    case 'project':
      return projectRules(asked, options)
    case 'model':
      return modelRules(asked)
    case 'session':
      return sessionRules(asked)
    default:
      return nameRules(asked)
  }
}

/** A name that a narrow table has cut, with an ellipsis where it was. */
function cutRule(field: NamedField, asked: string): Rule | undefined {
  const shown = (name: string): readonly string[] =>
    field === 'project' ? [plainPath(name), pathInHome(plainPath(name))] : field === 'model' ? [name, shortModelName(name)] : [name]
  if (asked.length > 1 && asked.startsWith('…')) return (name) => shown(name).some((text) => text.endsWith(plainPath(asked.slice(1))))
  if (asked.length > 1 && asked.endsWith('…')) return (name) => shown(name).some((text) => text.startsWith(asked.slice(0, -1)))
  return undefined
}

function projectRules(asked: string, { home, path }: FindOptions): Rule[] {
  const plain = plainPath(asked)
  const inHome = home === undefined ? undefined : plain.replace(/^~(?=\/|$)/, plainPath(home))
  const whole = [plain, ...(inHome === undefined ? [] : [inHome]), ...(path === undefined ? [] : [plainPath(path)])]
  const isWhole: Rule = (name) => whole.includes(plainPath(name))
  const isInAnyHome: Rule = (name) => plain.startsWith('~') && pathInHome(plainPath(name)) === plain
  const lower = whole.map((text) => text.toLowerCase())
  const isWholeInAnyCase: Rule = (name) => lower.includes(plainPath(name).toLowerCase())
  const wholePath = [isWhole, ...(home === undefined ? [isInAnyHome] : []), isWholeInAnyCase]
  if (isWholePath(asked)) return wholePath
  const folded = foldPath(plain)
  return [
    ...wholePath,
    (name) => plainPath(name).endsWith(`/${plain}`),
    (name) => foldPath(plainPath(name)) === folded || foldPath(plainPath(name)).endsWith(`/${folded}`),
    ...(folded === '' ? [] : [(name: string) => foldName(lastSegment(name)).includes(folded)]),
    ...(folded === '' ? [] : [(name: string) => foldPath(plainPath(name)).includes(folded)]),
  ]
}

function foldPath(path: string): string {
  return path.split('/').map(foldName).join('/')
}

function modelRules(asked: string): Rule[] {
  const id = askedModelId(asked)
  const written = normaliseModel(asked)
  const part = foldName(id.replace(/^claude-/, ''))
  // Of Claude's ids, `4.5` is written `4-5`.
  const undotted = part.replace(/(?<=\d)\.(?=\d)/g, '')
  const isPartOf = (name: string) => hasPart(name, part) || hasPart(name, undotted)
  return [
    (name) => normaliseModel(name) === id || normaliseModel(name) === written,
    // A whole id is not a part of another one.
    ...(part === '' || /^claude-.*\d/.test(written) ? [] : [(name: string) => isPartOf(foldName(normaliseModel(name)))]),
  ]
}

/** Whether a folded id has a part that does not end within a number: `opus5` is none of `opus55`. */
function hasPart(id: string, part: string): boolean {
  for (let at = id.indexOf(part); at !== -1; at = id.indexOf(part, at + 1)) {
    if (!/\d$/.test(part) || !/^\d/.test(id.slice(at + part.length))) return true
  }
  return false
}

function sessionRules(asked: string): Rule[] {
  const lower = asked.toLowerCase()
  const isLong = lower.length >= MIN_ID_LENGTH
  return [(name) => name.toLowerCase() === lower, (name) => isLong && name.toLowerCase().startsWith(lower)]
}

function nameRules(asked: string): Rule[] {
  const folded = foldName(asked)
  if (folded === '') return []
  return [
    (name) => name.toLowerCase() === asked.toLowerCase(),
    (name) => name.endsWith(`/${asked}`),
    (name) => foldName(name) === folded || foldName(lastSegment(name)) === folded,
    (name) => foldName(name).includes(folded),
  ]
}

function unknown(field: NamedField, asked: string, known: readonly string[]): FoundNames {
  return { kind: 'unknown', names: [], nearest: nearestNames(field, asked, known) }
}

function nearestNames(field: NamedField, asked: string, known: readonly string[]): string[] {
  return known
    .filter((name) => name !== '')
    .slice(0, MAX_COMPARED_NAMES)
    .map((name) => ({ name, distance: distanceOf(field, asked, name) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MAX_NEAREST)
    .map(({ name }) => name)
}

/** How far a name is from what was asked for: 0 to 1, less where it is the folder around it. */
function distanceOf(field: NamedField, asked: string, name: string): number {
  if (field === 'project' && plainPath(asked).startsWith(`${plainPath(name)}/`)) return -name.length
  const [wanted, ...forms] = comparedForms(field, asked, name).map((form) => form.slice(0, MAX_COMPARED)) as [string, ...string[]]
  return Math.min(...forms.map((form) => editDistance(wanted, form) / Math.max(wanted.length, form.length, 1)))
}
/** Of longer names the end hardly matters, and comparing takes the square of the length. */
const MAX_COMPARED = 64

/** What was asked for, and the forms of a name that it is compared with. */
function comparedForms(field: NamedField, asked: string, name: string): string[] {
  if (field === 'model') return [askedModelId(asked), normaliseModel(name)].map((id) => foldName(id.replace(/^claude-/, '')))
  // Of an id only the beginning was written.
  if (field === 'session') return [asked.toLowerCase(), name.toLowerCase().slice(0, asked.length)]
  if (field === 'project') return [foldName(lastSegment(asked)), foldName(lastSegment(name)), foldName(name)]
  return [foldName(asked), foldName(lastSegment(name)), foldName(name)]
}
