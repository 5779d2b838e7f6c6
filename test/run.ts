/**
 * Runs the tests with node:test, in an environment that is the same everywhere, and closes with its summary. Files named
 * `*.integration.test.ts` need real servers and run only with --integration (and then alone). Other arguments are globs
 * that narrow the choice.
 */
import { run } from 'node:test'
import { spec as Spec } from 'node:test/reporters'
import { globSync } from 'tinyglobby'

/** What tests see of the environment. Build servers and shells set much else that programs heed: colours, proxies, telemetry. */
const seen = /^(?:PATH|HOME|TMPDIR|JAVA_HOME|LD_LIBRARY_PATH|GATELENS_\w+)$/

const integration = process.argv.includes('--integration')
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const patterns = wanted.length > 0 ? wanted : [integration ? 'test/**/*.integration.test.ts' : 'test/**/*.test.ts']
const files = globSync(patterns, { absolute: true, ignore: integration ? [] : ['**/*.integration.test.ts'] }).sort()
if (files.length === 0) {
  console.error(`no test file matches ${patterns.join(' ')}`)
  process.exit(2)
}

/** Of one file; it ends what hangs. Some take more than a quarter of an hour where many things share two cores. */
const minutes = 60

const reporter = new Spec()
for (const name of Object.keys(process.env)) if (!seen.test(name)) Reflect.deleteProperty(process.env, name)

let failed = 0
const stream = run({ files, concurrency: integration ? 1 : 2, timeout: minutes * 60_000 })
stream.on('test:fail', () => { failed++ })
stream.compose(reporter).pipe(process.stdout)
stream.on('end', () => { process.exitCode = failed === 0 ? 0 : 1 })
