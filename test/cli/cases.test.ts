/** Golden cases of the command line: the arguments, standard input, and what comes out with which exit code. */
import { availableParallelism } from 'node:os'
import { describe, test } from 'node:test'
import { expectCase, readCases } from '../case.ts'
import { root, runCommand } from './run-command.ts'

describe('the command line', { concurrency: availableParallelism() }, () => {
  for (const item of readCases('cli')) {
    test(item.name, async () => {
      const { code, stdout, stderr } = await runCommand(item.config.trim().split(/\s+/), { stdin: item.input === '' ? '' : `${item.input}\n` })
      const errors = stderr === '' ? '' : `[standard error]\n${stderr}`
      expectCase(item, `[exit ${code}]\n${stdout}${errors}`.replaceAll(`${root}/`, ''))
    })
  }
})
