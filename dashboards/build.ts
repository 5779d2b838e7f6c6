/**
 * Writes `dashboards/grafana/` from the code beside it. `npm run dashboards` writes; a test fails when the committed
 * files differ from what this gives, or name a metric, label or column that does not exist.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageRoot } from '../services/runtime/package.ts'
import { partnersAndBreaches } from './partners-and-breaches.ts'
import { traffic } from './traffic.ts'

/** Every dashboard by its file name below `dashboards/grafana/`, as the text of the file. */
export function buildDashboards (): Record<string, string> {
  const dashboards = { 'traffic.json': traffic(), 'partners-and-breaches.json': partnersAndBreaches() }
  return Object.fromEntries(Object.entries(dashboards).map(([name, dashboard]) => [name, `${JSON.stringify(dashboard.build(), null, 2)}\n`]))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const folder = join(packageRoot, 'dashboards/grafana')
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(buildDashboards())) writeFileSync(join(folder, name), text)
}
