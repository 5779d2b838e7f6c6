/** Golden cases of the command line: the arguments, standard input, and what comes out with which exit code. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { expectCase, readCases } from '../case.ts'
import { isThorough } from '../thorough.ts'
import { CommandHost, root, runCommand } from './run-command.ts'

const host = new CommandHost()
after(() => { host.close() })

describe('the command line', () => {
  for (const item of readCases('cli')) {
    test(item.name, async () => {
      const { code, stdout, stderr } = await host.run(argumentsOf(item.config), { stdin: inputOf(item.input) })
      const errors = stderr === '' ? '' : `[standard error]\n${stderr}`
      expectCase(item, `[exit ${code}]\n${stdout}${errors}`.replaceAll(`${root}/`, ''))
    })
  }
})

test('a command in a process of its own says the same', async () => {
  const kinds = new Map(readCases('cli').map((item) => [argumentsOf(item.config)[0], item]))
  const all = [...kinds.values()]
  for (const { config, input } of isThorough ? all : all.filter((_, index) => index % 4 === 0)) {
    const [args, stdin] = [argumentsOf(config), inputOf(input)]
    assert.deepEqual(await host.run(args, { stdin }), await runCommand(args, { stdin }), config)
  }
})

function argumentsOf (config: string): string[] {
  return config.trim().split(/\s+/)
}

function inputOf (input: string): string {
  return input === '' ? '' : `${input}\n`
}
