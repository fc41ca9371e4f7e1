/** Hosts for which capital letters and small ones are the same. */
const caseless = /^(?:github\.com|gitlab\.com|bitbucket\.org|dev\.azure\.com|codeberg\.org)$/
/** Other names of a host, for ssh through port 443 and the like. */
const aliases: Readonly<Record<string, string>> = {
  'www.github.com': 'github.com',
  'ssh.github.com': 'github.com',
  'altssh.gitlab.com': 'gitlab.com',
  'altssh.bitbucket.org': 'bitbucket.org',
  'ssh.dev.azure.com': 'dev.azure.com',
}

/**
 * The id of a repository: the host and the path of its remote, such as `github.com/acme/shop`, however it is fetched. User, key and
 * port are no part of it.
 * @returns undefined for a remote without a host, such as a folder
 */
export function repositoryId(remote: string): string | undefined {
  const url = remote.trim()
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(url) ?? []
  if (scheme !== undefined) return /^file$/i.test(scheme) ? undefined : idOf(/^([^/?#]+)([^?#]*)/.exec(rest!))
  // As scp writes it, host:path. One letter is a drive of Windows.
  return idOf(/^((?:[^@/:\\]+@)?[^@/:\\]{2,}|(?:[^@/:\\]+@)?\[[^\]]+\]):(.+)$/.exec(url))
}

function idOf(found: RegExpExecArray | null): string | undefined {
  if (found === null) return undefined
  const host = found[1]!.replace(/^.*@/, '').replace(/:\d*$/, '').toLowerCase()
  const known = aliases[host] ?? host
  const parts = found[2]!.split('/').filter((part) => part !== '' && part !== '.')
  const path = ofAzure(known, parts)
    .join('/')
    .replace(/\.git$/i, '')
  if (known === '' || path === '') return undefined
  return `${known}/${caseless.test(known) ? path.toLowerCase() : path}`
}

/** Azure DevOps has a path for ssh, `v3/org/project/repo`, and one for https, `org/project/_git/repo`. */
function ofAzure(host: string, parts: readonly string[]): readonly string[] {
  if (host !== 'dev.azure.com') return parts
  return parts.filter((part, index) => part !== '_git' && !(index === 0 && part === 'v3'))
}
