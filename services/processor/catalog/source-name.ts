import { relative } from 'node:path'

/** Names a file for people: relative to a folder when it lies inside it, else whole. */
export type SourceNames = (path: string) => string

/** Names files as seen from `folder`. */
export function sourceNames (folder: string): SourceNames {
  return (path) => {
    const name = relative(folder, path)
    return name === '' || name.startsWith('..') ? path : name
  }
}
