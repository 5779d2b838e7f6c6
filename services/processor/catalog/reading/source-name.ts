import { relative } from 'node:path'

/** Names a file or URL for people: relative to a folder when it lies inside it, else whole. */
export type SourceNames = (path: string) => string

/** Names files as seen from `folder`. */
export function sourceNames (folder: string): SourceNames {
  return (path) => {
    if (isUrl(path)) return path
    const name = relative(folder, path)
    return name === '' || name.startsWith('..') ? path : name
  }
}

/** True for a text that is a URL and no path. */
export function isUrl (text: string): boolean {
  return /^https?:\/\//i.test(text)
}
