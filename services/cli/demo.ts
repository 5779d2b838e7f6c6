import type { ClickHouseClient } from '@clickhouse/client'
import type { Command } from 'commander'
import { pause } from '../runtime/shutdown.ts'
import { migrate } from '../store/migrate.ts'
import { readCount, readDuration } from './arguments.ts'
import { withClient } from './connection.ts'
import { prepareFolder } from './demo/folder.ts'
import type { DemoFolder } from './demo/folder.ts'
import { countLogged, countStored, isDelivered, missingBreaches, prove, readBreaches, waitFor } from './demo/proof.ts'
import type { Logged, Proof } from './demo/proof.ts'
import { scenario } from './demo/scenario.ts'
import { FiguresLine, renderPlaces } from './demo/screen.ts'
import { startStage } from './demo/stage.ts'
import type { Stage } from './demo/stage.ts'
import { startTraffic } from './demo/traffic.ts'
import type { Traffic } from './demo/traffic.ts'
import { reportDemo } from './demo/world.ts'
import { exitCodes, print } from './outcome.ts'
import { renderBreaches, renderReport } from './report/render.ts'
import type { BreachShape } from './report/shape.ts'
import { colors, onTerminal, renderTitle } from './terminal.ts'

interface Scene { stage: Stage, folder: DemoFolder, options: DemoOptions, enough: AbortController }
interface DemoOptions { data: string, for?: number, rate: number, seed: number, keep?: true }

/** Defines `gatelens demo`. */
export function demo (command: Command): void {
  command
    .option('--data <folder>', 'folder for everything that the demo writes; what the last demo left there is removed', 'gatelens-demo')
    .option('--for <duration>', 'stop by itself after this time, such as 60s', readDuration)
    .option('--rate <n>', 'requests a second', readCount, 200)
    .option('--seed <n>', 'seed of the traffic: the same seed sends the same requests', readCount, 1)
    .option('--keep', 'go on with the data of the last run')
    .addHelpText('after', '\nExits with 0 when every request sent is in ClickHouse exactly once, and with 1 when it is not.')
    .action(run)
}

async function run (options: DemoOptions): Promise<void> {
  const folder = prepareFolder(options.data, options.keep === true)
  const enough = new AbortController()
  onInterrupt(enough)
  await print(`${colors.dim('starting store, gateway and processor …')}\n`)
  try {
    await perform(folder, options, enough)
  } finally {
    folder.release()
  }
}

async function perform (folder: DemoFolder, options: DemoOptions, enough: AbortController): Promise<void> {
  const stage = await startStage(folder)
  try {
    await print(renderPlaces(stage.places, folder, options.rate))
    await withClient({ url: stage.places.store }, async (client) => {
      const proofs = await play(client, { stage, folder, options, enough })
      if (!proofs.every((proof) => proof.holds)) process.exitCode = exitCodes.findings
    })
  } finally {
    await stage.close()
  }
}

/** Sends traffic until it is enough, waits until all of it is delivered, and prints report and proofs. */
async function play (client: ClickHouseClient, { stage, folder, options, enough }: Scene): Promise<Proof[]> {
  // The processor does so by itself, too, but a moment later than we count.
  await migrate(client, { database: 'gatelens' })
  const before = await countLogged(folder.accessLog)
  const traffic = startTraffic(stage.places.gateway, scenario(options.seed), options.rate)
  const timer = options.for === undefined ? undefined : setTimeout(() => { enough.abort() }, options.for)
  try {
    await Promise.race([watch(client, traffic, enough.signal), stage.broken])
  } finally {
    clearTimeout(timer)
    await traffic.stop()
  }
  if (traffic.count.answered + traffic.count.failed === 0) {
    await print(`${colors.dim('stopped before any traffic was sent')}\n`)
    process.exitCode = exitCodes.interrupted
    return []
  }
  await print(`${colors.dim('traffic stopped; waiting until all of it is in ClickHouse …')}\n\n`)
  await stage.stopGateway()
  return await Promise.race([conclude(client, folder, traffic.count.answered, before), stage.broken])
}

async function watch (client: ClickHouseClient, traffic: Traffic, enough: AbortSignal): Promise<void> {
  const line = new FiguresLine()
  const started = performance.now()
  while (!enough.aborted) {
    await pause(onTerminal ? 1000 : 5000, enough)
    const [stored, breaches] = await Promise.all([countStored(client), readBreaches(client)])
    line.show((performance.now() - started) / 1000, traffic.count, stored, breaches.length)
  }
  line.end()
}

/** How long the pipeline may take to catch up, and the rules to be evaluated once more, on a machine that has other things to do. */
const patienceMs = 120_000

async function conclude (client: ClickHouseClient, folder: DemoFolder, sent: number, before: Logged): Promise<Proof[]> {
  const logged = await countLogged(folder.accessLog)
  const stored = await waitFor(async () => await countStored(client), (counted) => isDelivered(counted, logged), patienceMs)
  const report = await reportDemo(folder)
  const complete = (found: BreachShape[]): boolean => missingBreaches(report.breaches, found).length === 0
  const ledger = await waitFor(async () => await readBreaches(client), complete, patienceMs)
  const breaches = { reported: report.breaches, stored: ledger }
  const proofs = prove({ sent, before, logged, stored, reported: report.totals.requests, breaches })
  await print(`${renderReport(report, renderBreaches(ledger, ledger.length, 'Breaches in ClickHouse'))}\n${renderProofs(proofs)}\n`)
  return proofs
}

function renderProofs (proofs: Proof[]): string {
  const width = Math.max(...proofs.map(({ claim }) => claim.length))
  const lines = proofs.map(({ claim, figures, holds }) => `  ${holds ? colors.green('✓') : colors.red('✗')} ${claim.padEnd(width)}  ${holds ? figures : colors.red(figures)}`)
  return `${renderTitle('Proof')}\n${lines.join('\n')}`
}

/** Aborts at SIGINT or SIGTERM; one that comes a second later or more ends the process at once. */
function onInterrupt (controller: AbortController): void {
  let first: number | undefined
  const handler = (): void => {
    first ??= performance.now()
    controller.abort()
    // npm passes the terminal's Ctrl-C on, so that one keystroke comes twice.
    if (performance.now() - first > 1000) process.exit(exitCodes.interrupted)
  }
  process.on('SIGINT', handler)
  process.on('SIGTERM', handler)
}
