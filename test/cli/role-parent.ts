/** `role-parent.ts FOLDER`: starts a gateway as the demo does, with its log in the folder, says its URL, and waits for its own end. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startChild } from '../../services/cli/demo/child.ts'
import { moduleArguments } from '../built.ts'

const main = moduleArguments('services/cli/main.ts').at(-1) ?? ''
const folder = process.argv[2] ?? ''
const config = join(folder, 'kong.yml')
writeFileSync(config, '_format_version: "3.0"\n')
const args = ['gateway', '--config', config, '--listen', '127.0.0.1:0']
const { url } = await startChild('gateway', main, args, join(folder, 'gateway.log'))
console.log(url)
