/**
 * Built test files that leave their process as it was share one process with the others of their folder: a process takes up to
 * a second to load what it tests. What a file does, or a module of the tests that it imports, is found in its text.
 */
import { readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'

/** What other tests of the same process would notice, or would spoil. */
const marks: ReadonlyArray<readonly [RegExp, string]> = [
  [/from ['"]node:child_process['"]/, 'starts processes'],
  [/\bstart(?:Store|Processor)\(/, 'starts a store or a processor'],
  [/^(?:before|after|beforeEach|afterEach)\(/m, 'has hooks that would run for every file'],
  [/\bprocess\.env\b(?!\.GATELENS_)/, 'uses the environment'],
  [/\bprocess\.(?:exit\b|exitCode|chdir|kill|umask|on\b|emit|stdin|stdout|stderr)/, 'uses the process'],
  [/\bprocess\.(?:memoryUsage|cpuUsage|resourceUsage)/, 'measures the process'],
  [/\bglobalThis\b|\bsetGlobalDispatcher\b/, 'changes globals'],
]

/** Why a built test file needs a process of its own, and undefined when it needs none. `root` is the folder of the built tests. */
export function ownProcess (root: string, file: string): string | undefined {
  for (const module of modulesOf(root, file)) {
    const text = readFileSync(module, 'utf8')
    const mark = marks.find(([pattern]) => pattern.test(text))
    if (mark !== undefined) return `${relative(root, module)} ${mark[1]}`
  }
  return undefined
}

/**
 * The files of each process by its name: a folder below `root` for those that share one, else the file itself. Files are
 * absolute paths.
 */
export function groupFiles (root: string, files: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const file of files) {
    const folder = relative(root, file).split('/')[0] ?? ''
    const name = folder.endsWith('.js') || ownProcess(root, file) !== undefined ? file : folder
    groups.set(name, [...groups.get(name) ?? [], file])
  }
  return groups
}

/**
 * Files that take longest, by their paths below the tests without their endings. They start first, so that no core waits for one of
 * them at the end.
 */
export const longest = [
  'processor/kill.integration', 'normalizer/fuzz.integration', 'thorough.integration', 'processor/publish/store-kills.integration',
  'processor/publish/settle.integration', 'normalizer/directory.integration', 'processor/input/kafka.integration', 'processor/live-keeping.integration',
  'processor/http-kill.integration', 'processor/bounds.integration', 'processor/live-pace.integration', 'processor/input/kafka-kills.integration',
  'processor/detect/detector', 'cli/demo', 'store/schema', 'contract/sink', 'processor/kill', 'cli/cases', 'store/attacks', 'processor/catalog-swap',
  'processor/publish/clickhouse', 'processor/detect/quota-change', 'cli/drift/store', 'cli/streams', 'processor/processor',
]

/** Those that take longest first, and the others as they were. Files are absolute paths, as built or as sources. */
export function longestFirst (root: string, files: readonly string[]): string[] {
  const named = new Map(files.map((file) => [relative(root, file).replace(/\.test\.[jt]s$/, ''), file]))
  return [...new Set([...longest.flatMap((name) => named.get(name) ?? []), ...files])]
}

/** A module that runs the tests of several files, one after the other; a file that cannot be loaded fails as a test of its name. */
export function entryOf (root: string, entry: string, files: readonly string[]): string {
  const load = files.map((file) => {
    const specifier = JSON.stringify(`./${relative(dirname(entry), file)}`)
    return `await import(${specifier}).catch((error) => { test(${JSON.stringify(relative(root, file))}, () => { throw error }) })`
  })
  return ["import { test } from 'node:test'", ...load, ''].join('\n')
}

/** A file and all modules below `root` that it loads. */
function modulesOf (root: string, file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^;]*?["'](\.[^"']+\.js)["']/gm)) {
    const module = resolve(dirname(file), specifier)
    if (module.startsWith(`${root}/`)) modulesOf(root, module, found)
  }
  return found
}
