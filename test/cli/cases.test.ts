/** Golden cases of the command line: the arguments, standard input, and what comes out with which exit code. */
import { availableParallelism } from 'node:os'
import { describe, test } from 'node:test'
import { expectCase, readCases } from '../case.ts'
import { root, runCommand } from './run-command.ts'

/** Each is a process of its own, and a container may have far fewer cores, and less memory, than its machine. */
const concurrency = Math.min(4, availableParallelism())

describe('the command line', { concurrency }, () => {
  for (const item of readCases('cli')) {
    test(item.name, async () => {
      const { code, stdout, stderr } = await runCommand(item.config.trim().split(/\s+/), { stdin: item.input === '' ? '' : `${item.input}\n` })
      const errors = stderr === '' ? '' : `[standard error]\n${stderr}`
      expectCase(item, `[exit ${code}]\n${stdout}${errors}`.replaceAll(`${root}/`, ''))
    })
  }
})
