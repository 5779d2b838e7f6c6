/** The file behind the page of a code host, as Backstage's own readers find it: https://github.com/backstage/backstage/tree/master/packages/integration */

/** The URL of the file itself for that of its page at GitHub, GitLab or Bitbucket; any other URL as it is. */
export function rawUrl (text: string): string {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  const raw = githubRaw(url) ?? gitlabRaw(url) ?? bitbucketRaw(url) ?? bitbucketServerRaw(url)
  return raw === undefined ? text : new URL(raw, url).href
}

function githubRaw ({ hostname, pathname }: URL): string | undefined {
  const [, owner, name, rest] = /^\/([^/]+)\/([^/]+)\/(?:blob|raw|tree)\/([^/]+\/.+)$/.exec(pathname) ?? []
  return /^(?:www\.)?github\.com$/.test(hostname) && rest !== undefined ? `https://raw.githubusercontent.com/${owner}/${name}/${rest}` : undefined
}

/** Also at hosts of one's own: the step `/-/` is GitLab's alone. */
function gitlabRaw ({ hostname, origin, pathname }: URL): string | undefined {
  const [, project, rest] = /^\/(.+?)\/-\/blob\/(.+)$/.exec(pathname) ?? (hostname === 'gitlab.com' ? /^\/([^/]+\/.+?)\/blob\/(.+)$/.exec(pathname) : null) ?? []
  return rest === undefined ? undefined : `${origin}/${project}/-/raw/${rest}`
}

function bitbucketRaw ({ hostname, pathname }: URL): string | undefined {
  const [, owner, name, rest] = /^\/([^/]+)\/([^/]+)\/(?:src|raw)\/([^/]+\/.+)$/.exec(pathname) ?? []
  return hostname === 'bitbucket.org' && rest !== undefined ? `https://api.bitbucket.org/2.0/repositories/${owner}/${name}/src/${rest}` : undefined
}

function bitbucketServerRaw ({ origin, pathname, search }: URL): string | undefined {
  const [, before, project, name, rest] = /^(.*)\/projects\/([^/]+)\/repos\/([^/]+)\/(?:browse|raw)\/(.+)$/.exec(pathname) ?? []
  return rest === undefined || pathname.includes('/rest/api/') ? undefined : `${origin}${before}/rest/api/1.0/projects/${project}/repos/${name}/raw/${rest}${search}`
}
