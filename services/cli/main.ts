#!/usr/bin/env node
/** The command line as a process. */
import { guardStream } from './outcome.ts'
import { run } from './program.ts'

guardStream(process.stdout)
guardStream(process.stderr)
process.exitCode = await run(process.argv.slice(2))
