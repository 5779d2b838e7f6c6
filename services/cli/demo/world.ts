import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import type { Document } from 'yaml'
import { loadCatalog } from '../../processor/catalog/load.ts'
import { packageRoot } from '../../runtime/package.ts'
import { chooseFormat } from '../format.ts'
import { readProcessorConfig } from '../processor-config.ts'
import { openLog } from '../report/records.ts'
import { rulesOf } from '../report/rules.ts'
import { runReport } from '../report/run.ts'
import type { ReportShape } from '../report/shape.ts'
import type { DemoFolder } from './folder.ts'

/** The example configurations that the demo runs on. */
const examples = join(packageRoot, 'examples')

/** Names of the backends in the example gateway configuration. */
export function upstreamNames (): string[] {
  return servicesOf(readExample('kong.yml')).map(({ name }) => name)
}

/** Writes the example gateway configuration into the demo's folder, with the demo's backends and its access log. */
export function writeKong (folder: DemoFolder, upstreams: Map<string, string>): void {
  const document = readExample('kong.yml')
  for (const [index, { name }] of servicesOf(document).entries()) document.setIn(['services', index, 'url'], upstreams.get(name))
  const plugins = (document.toJS() as { plugins: Array<{ name: string }> }).plugins
  document.setIn(['plugins', plugins.findIndex((plugin) => plugin.name === 'file-log'), 'config', 'path'], folder.accessLog)
  writeFileSync(folder.kong, document.toString({ flowCollectionPadding: false }))
}

/** Writes the example processor configuration into the demo's folder, with the demo's addresses; catalog and rules stay where they are. */
export function writeProcessorConfig (folder: DemoFolder, addresses: { store: string, metrics: string }): void {
  if (!existsSync(folder.privacyKey)) writeFileSync(folder.privacyKey, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 })
  const document = readExample('gatelens.yaml')
  document.commentBefore = ' Made by gatelens demo from the example configuration.'
  document.setIn(['input', 'paths'], [folder.accessLog])
  document.setIn(['input', 'batch', 'linger'], '250ms')
  document.setIn(['catalog', 'backstage'], [join(examples, 'catalog-info.yaml')])
  document.setIn(['catalog', 'kong'], folder.kong)
  document.setIn(['catalog', 'partners'], join(examples, 'partners.yaml'))
  document.setIn(['privacy', 'key'], '${file:privacy.key}')
  document.set('rules', join(examples, 'rules.yaml'))
  document.setIn(['detect', 'interval'], '1s')
  document.setIn(['store', 'url'], addresses.store)
  document.setIn(['metrics', 'listen'], addresses.metrics)
  writeFileSync(folder.config, document.toString({ flowCollectionPadding: false }))
}

/** The report over the demo's own log, with the demo's own catalog and rules. */
export async function reportDemo (folder: DemoFolder): Promise<ReportShape> {
  const config = readProcessorConfig(folder.config)
  const { catalog, filter } = config.settings
  const { report } = await runReport({
    files: [openLog(folder.accessLog)],
    format: chooseFormat({}, config),
    catalog: await loadCatalog(catalog, { base: config.folder }),
    rules: rulesOf(config),
    filter,
    top: 20,
  })
  return report
}

function servicesOf (document: Document): Array<{ name: string }> {
  return (document.toJS() as { services: Array<{ name: string }> }).services
}

function readExample (name: string): Document {
  return parseDocument(readFileSync(join(examples, name), 'utf8'))
}
