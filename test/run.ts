/**
 * Runs the tests with node:test, in an environment that is the same everywhere, and closes with its summary. Files named
 * `*.integration.test.ts` need real servers and run only with --integration (and then alone). Other arguments are globs
 * that narrow the choice. Built, it runs what was built: a process then starts in half the time.
 */
import { join, relative } from 'node:path'
import { run } from 'node:test'
import { spec as Spec } from 'node:test/reporters'
import { globSync } from 'tinyglobby'
import { packageRoot } from '../services/runtime/package.ts'

/** What tests see of the environment. Build servers and shells set much else that programs heed: colours, proxies, telemetry. */
const seen = /^(?:PATH|HOME|TMPDIR|JAVA_HOME|LD_LIBRARY_PATH|GATELENS_\w+)$/

const integration = process.argv.includes('--integration')
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const isBuilt = import.meta.filename.endsWith('.js')
const patterns = wanted.length > 0 ? wanted : [integration ? 'test/**/*.integration.test.ts' : 'test/**/*.test.ts']
const files = globSync(patterns, { absolute: true, cwd: packageRoot, ignore: integration ? [] : ['**/*.integration.test.ts'] }).sort()
  .map((file) => isBuilt ? join(packageRoot, 'dist', relative(packageRoot, file).replace(/\.ts$/, '.js')) : file)
if (files.length === 0) {
  console.error(`no test file matches ${patterns.join(' ')}`)
  process.exit(2)
}

/** Of one file; it ends what hangs. The slowest takes two minutes on two quiet cores, some of those for real servers ten. */
const minutes = integration ? 30 : 15

const reporter = new Spec()
for (const name of Object.keys(process.env)) if (!seen.test(name)) Reflect.deleteProperty(process.env, name)

let failed = 0
const stream = run({ files, concurrency: integration ? 1 : 2, timeout: minutes * 60_000 })
/** Milliseconds of each file, to say at the end where the time went. */
const spent = new Map<string, number>()
stream.on('test:fail', () => { failed++ })
stream.on('test:complete', ({ name, details }) => {
  if (files.includes(name)) spent.set(name, details.duration_ms)
})
stream.compose(reporter).pipe(process.stdout)
stream.on('end', () => {
  process.exitCode = failed === 0 ? 0 : 1
  const slowest = [...spent].sort((a, b) => b[1] - a[1]).slice(0, 12)
  console.log(slowest.map(([file, ms]) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${relative(packageRoot, file)}`).join('\n'))
})
