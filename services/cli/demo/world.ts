import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import type { Document } from 'yaml'
import { packageRoot } from '../../runtime/package.ts'
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

function servicesOf (document: Document): Array<{ name: string }> {
  return (document.toJS() as { services: Array<{ name: string }> }).services
}

function readExample (name: string): Document {
  return parseDocument(readFileSync(join(examples, name), 'utf8'))
}
