/**
 * Runs the tests with node:test, in an environment that is the same everywhere, and closes with its summary. Files named
 * `*.integration.test.ts` need real servers, or long, and run only with --integration (and then only they do). Other arguments are globs
 * that narrow the choice. Built, it runs what was built: a process then starts in half the time, and files that leave
 * their process as it was share one (`groups.ts`).
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import { spec as Spec } from 'node:test/reporters'
import { globSync } from 'tinyglobby'
import { packageRoot } from '../services/runtime/package.ts'
import { entryOf, groupFiles, longestFirst } from './groups.ts'

/** What tests see of the environment. Build servers and shells set much else that programs heed: colours, proxies, telemetry. */
const seen = /^(?:PATH|HOME|TMPDIR|JAVA_HOME|LD_LIBRARY_PATH|GATELENS_\w+)$/

const integration = process.argv.includes('--integration')
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const isBuilt = import.meta.filename.endsWith('.js')
const patterns = wanted.length > 0 ? wanted : [integration ? 'test/**/*.integration.test.ts' : 'test/**/*.test.ts']
const found = globSync(patterns, { absolute: true, cwd: packageRoot, ignore: integration ? [] : ['**/*.integration.test.ts'] }).sort()
  .map((file) => isBuilt ? join(packageRoot, 'dist', relative(packageRoot, file).replace(/\.ts$/, '.js')) : file)
const files = longestFirst(import.meta.dirname, found)
if (files.length === 0) {
  console.error(`no test file matches ${patterns.join(' ')}`)
  process.exit(2)
}

/** Of one process; it ends what hangs. The slowest takes a minute on two quiet cores, some of those for real servers ten. */
const minutes = integration ? 30 : 15

const reporter = new Spec()
for (const name of Object.keys(process.env)) if (!seen.test(name)) Reflect.deleteProperty(process.env, name)

let failed = 0
const started = isBuilt && !integration ? grouped() : files
const stream = run({ files: started, concurrency: 2, timeout: minutes * 60_000 })
/** Milliseconds of each source file, to say at the end where the time went: of its process, or of its tests where it shares one. */
const spent = new Map<string, number>()
stream.on('test:fail', () => { failed++ })
stream.on('test:complete', ({ name, nesting, file = name, details: { duration_ms: ms } }) => {
  if (files.includes(name)) spent.set(sourceOf(name), ms)
  else if (nesting === 0 && !started.includes(name)) spent.set(sourceOf(file), (spent.get(sourceOf(file)) ?? 0) + ms)
})
stream.compose(reporter).pipe(process.stdout)
stream.on('end', () => {
  process.exitCode = failed === 0 ? 0 : 1
  const slowest = [...spent].sort((a, b) => b[1] - a[1]).slice(0, 12)
  console.log(slowest.map(([file, ms]) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${file}`).join('\n'))
})

function sourceOf (file: string): string {
  return relative(packageRoot, file).replace(/^dist\//, '').replace(/\.js$/, '.ts')
}

/** What to start: an entry for each group of files, the largest first, and the files that need their own process. */
function grouped (): string[] {
  const root = import.meta.dirname
  const folder = join(root, 'together')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  return [...groupFiles(root, files)].sort((a, b) => b[1].length - a[1].length).map(([name, members]) => {
    const [only] = members
    if (members.length === 1 && only !== undefined) return only
    const entry = join(folder, `${name}.js`)
    writeFileSync(entry, entryOf(root, entry, members))
    return entry
  })
}
