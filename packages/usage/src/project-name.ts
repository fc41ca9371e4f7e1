import { pathParts } from '@signalbox/contract/path-parts'
import { normalizeFolder, projectOfFolder } from './project-path.ts'

/** Names of folders that say nothing about what is in them. */
const generic = /^(?:main|master|trunk|src|repo|code|workspace)$/i

/**
 * The short names of projects or folders: the last part of each, with as many parts before it as it takes to say something, and to
 * differ from the others.
 * @param ids paths, or addresses of repositories such as `github.com/acme/shop`; they may repeat
 * @returns the names in the order of `ids`
 */
export function shortNames(ids: readonly string[]): string[] {
  const names = new Map<string, ShortName>()
  for (const id of ids) if (!names.has(id)) names.set(id, firstName(id))
  // Names that read alike get longer together, until all differ or are whole.
  const all = [...names.values()]
  while (alike(all).filter(lengthen).length > 0);
  return ids.map((id) => names.get(id)!.text)
}

/** The short names of folders of sessions and calls: a worktree has the name of its repository, and its own behind it. */
export function folderNames(folders: readonly string[]): string[] {
  const paths = folders.map(normalizeFolder)
  const owners = folders.map(projectOfFolder)
  return shortNames(owners).map((name, index) => {
    const inside = paths[index]!.slice(owners[index]!.length + 1).replace(/^(?:\.claude[\\/]worktrees|\.worktrees)[\\/]/, '')
    return inside === '' ? name : `${name} (${inside})`
  })
}

interface ShortName {
  readonly id: string
  readonly parts: readonly string[]
  /** The number of parts that are shown. */
  length: number
  text: string
}

function firstName(id: string): ShortName {
  const parts = pathParts(id)
  const name: ShortName = { id, parts, length: 0, text: id }
  lengthen(name)
  while (!isDescriptive(parts[parts.length - name.length]) && lengthen(name));
  return name
}

function isDescriptive(part: string | undefined): boolean {
  return part === undefined || (/\p{L}/u.test(part) && !generic.test(part))
}

/** @returns false for a name that is whole */
function lengthen(name: ShortName): boolean {
  if (name.length >= name.parts.length) return false
  name.length++
  name.text = name.length === name.parts.length ? name.id : name.parts.slice(-name.length).join('/')
  return true
}

/** The names that read like another one. */
function alike(names: readonly ShortName[]): ShortName[] {
  // Without Map.groupBy, which the Node of older editors does not have.
  const groups = new Map<string, ShortName[]>()
  for (const name of names) {
    const text = name.text.toLowerCase().replace(/^[/\\]+/, '')
    const group = groups.get(text)
    if (group === undefined) groups.set(text, [name])
    else group.push(name)
  }
  return [...groups.values()].filter((same) => same.length > 1).flat()
}
