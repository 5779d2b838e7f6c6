/**
 * The normalizer beside the routers of Node in one process: build time, memory, matches a second hot (one working set,
 * many rounds) and cold (every target a new string), and whether all find the same template. One line a catalog with the
 * hot figures as `vs <peer>: N.NNx`; arguments are further documents (JSON) to run on instead.
 */
import { basename } from 'node:path'
import { compile } from '../../normalizer/index.ts'
import type { Normalizer } from '../../normalizer/index.ts'
import { benchCatalogs, readFile } from './normalizer/catalogs.ts'
import type { BenchCatalog } from './normalizer/catalogs.ts'
import { findMyWay, pathToRegexp, rou3 } from './normalizer/peers.ts'
import type { Peer } from './normalizer/peers.ts'
import { operationsOf, sampleTargets } from './normalizer/targets.ts'
import type { Target } from './normalizer/targets.ts'

const workingSet = 5000
const coldTargets = 200_000
const rounds = 5
/** Passes over the working set a round; the quickest pass counts, which other work on the machine disturbs least. */
const passes = 40

const paths = process.argv.slice(2).filter((argument) => argument.endsWith('.json'))
const catalogs = paths.length > 0 ? paths.map((path) => ({ name: basename(path), apis: [readFile(path)] })) : benchCatalogs()
for (const catalog of catalogs) measure(catalog)

interface Runner { name: string, find: (target: Target) => unknown }

function measure ({ name, apis }: BenchCatalog): void {
  const { normalizer, built } = build(apis)
  const operations = operationsOf(apis)
  const ours = { name: 'gatelens', find: (target: Target) => normalizer.match(target) }
  const peers = [findMyWay(operations), rou3(operations)]
  const hot = sampleTargets(operations, workingSet)
  const cold = sampleTargets(operations, coldTargets)
  const hotRates = race([ours, ...peers], hot, true)
  const coldRates = race([ours, ...peers], cold, false)
  const versus = peers.map((peer, index) => `vs ${peer.name}: ${(hotRates[0]! / hotRates[index + 1]!).toFixed(2)}x`)
  console.log(`${name}, ${count(normalizer.endpoints.length)} operations: ${mega(hotRates[0]!)} M matches/s, ${versus.join(', ')}`)
  console.log(`  ${built}; ${count(apis.length)} documents`)
  console.log(`  hot:  ${rates(peers, hotRates)}`)
  console.log(`  cold: ${rates(peers, coldRates)}`)
  const slow = pathToRegexp(operations)
  const few = hot.slice(0, 200)
  console.log(`  path-to-regexp, a list asked from its top: ${mega(race([slow], few, false)[0]!)} M/s`)
  for (const peer of [...peers, slow]) console.log(`  ${agreement(normalizer, peer, peer === slow ? few : hot)}`)
}

function build (apis: BenchCatalog['apis']): { normalizer: Normalizer, built: string } {
  for (let times = 0; times < 4; times++) global.gc?.()
  const before = process.memoryUsage()
  const start = performance.now()
  const normalizer = compile(apis)
  const seconds = (performance.now() - start) / 1000
  for (let times = 0; times < 4; times++) global.gc?.()
  const after = process.memoryUsage()
  const megabytes = (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / 2 ** 20
  return { normalizer, built: `compiled in ${seconds.toFixed(2)} s${global.gc === undefined ? '' : `, ${megabytes.toFixed(0)} MB`}` }
}

/** Finds a second of each, the best pass of alternating rounds. Cold: every string of a pass is new to the finder. */
function race (runners: readonly Runner[], targets: readonly Target[], hot: boolean): number[] {
  const best = runners.map(() => 0)
  for (let round = 0; round < rounds; round++) {
    for (const [index, { find }] of runners.entries()) {
      for (let pass = 0; pass < (hot ? passes : 1); pass++) {
        const fresh = hot ? targets : targets.map((target) => ({ ...target, path: Buffer.from(target.path).toString('latin1') }))
        const start = performance.now()
        for (const target of fresh) find(target)
        best[index] = Math.max(best[index]!, targets.length / (performance.now() - start) * 1000)
      }
    }
  }
  return best
}

function agreement (normalizer: Normalizer, peer: Peer, targets: readonly Target[]): string {
  const share = (test: (target: Target) => boolean): string => `${(targets.filter(test).length / targets.length * 100).toFixed(2)} %`
  const own = (target: Target): string => normalizer.match(target).endpoint?.template ?? ''
  return `${peer.name}: agrees on ${share((target) => own(target) === peer.find(target))}; the generating template: gatelens ` +
    `${share((target) => own(target) === target.template)}, ${peer.name} ${share((target) => peer.find(target) === target.template)}; ` +
    `${count(peer.refused)} operations refused by ${peer.name}`
}

function rates (peers: readonly Peer[], [own, ...others]: readonly number[]): string {
  return [`gatelens ${mega(own!)} M/s`, ...peers.map(({ name }, index) => `${name} ${mega(others[index]!)} M/s`)].join(', ')
}

function count (value: number): string {
  return value.toLocaleString('en-US')
}

function mega (value: number): string {
  return (value / 1e6).toFixed(2)
}
