/** Golden cases of the command line: the arguments, standard input, and what comes out with which exit code. */
import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { after, describe, test } from 'node:test'
import { expectCase, readCases } from '../case.ts'
import { isThorough } from '../thorough.ts'
import { CommandHost, root, runCommand } from './run-command.ts'

/** A container may have far fewer cores, and less memory, than its machine. */
const concurrency = Math.min(4, availableParallelism())
const hosts = Array.from({ length: concurrency }, () => new CommandHost())

describe('the command line', { concurrency }, () => {
  after(() => { for (const host of hosts) host.close() })
  for (const [index, item] of readCases('cli').entries()) {
    test(item.name, async () => {
      const { code, stdout, stderr } = await hosts[index % concurrency]!.run(argumentsOf(item.config), { stdin: inputOf(item.input) })
      const errors = stderr === '' ? '' : `[standard error]\n${stderr}`
      expectCase(item, `[exit ${code}]\n${stdout}${errors}`.replaceAll(`${root}/`, ''))
    })
  }
})

test('a command in a process of its own says the same', async () => {
  const host = new CommandHost()
  const kinds = new Map(readCases('cli').map((item) => [argumentsOf(item.config)[0], item]))
  const all = [...kinds.values()]
  for (const { config, input } of isThorough ? all : all.filter((_, index) => index % 4 === 0)) {
    const [args, stdin] = [argumentsOf(config), inputOf(input)]
    assert.deepEqual(await host.run(args, { stdin }), await runCommand(args, { stdin }), config)
  }
  host.close()
})

function argumentsOf (config: string): string[] {
  return config.trim().split(/\s+/)
}

function inputOf (input: string): string {
  return input === '' ? '' : `${input}\n`
}
