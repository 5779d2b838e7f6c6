/** Runs every bench of this folder, one after the other, each in a process of its own. Prints figures, asserts nothing. */
import { spawnSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import { basename } from 'node:path'
import { globSync } from 'tinyglobby'

const wanted = process.argv.slice(2)
const benches = globSync('*.ts', { cwd: import.meta.dirname, absolute: true, ignore: ['run.ts', 'generate.ts'] }).sort()
  .filter((path) => wanted.length === 0 || wanted.includes(basename(path, '.ts')))

console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.version}\n`)
for (const path of benches) {
  console.log(`── ${basename(path, '.ts')}`)
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', '--expose-gc', path], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
  console.log('')
}
