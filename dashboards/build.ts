/**
 * Writes `dashboards/grafana/` from the code beside it. `npm run dashboards` writes; a test fails when the committed
 * files differ from what this gives, or name a metric, label or column that does not exist.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { packageRoot } from '../services/runtime/package.ts'
import { drift } from './drift.ts'
import { partnersAndBreaches } from './partners-and-breaches.ts'
import { traffic } from './traffic.ts'

/** Every dashboard by its file name below `dashboards/grafana/`, as the text of the file. */
export function buildDashboards (): Record<string, string> {
  const dashboards = { 'traffic.json': traffic(), 'partners-and-breaches.json': partnersAndBreaches(), 'drift.json': drift() }
  return Object.fromEntries(Object.entries(dashboards).map(([name, dashboard]) => [name, `${JSON.stringify(numbered(dashboard.build()), null, 2)}\n`]))
}

/** Panels and queries get names that stay: links to a panel, alerts and overrides need them, and Grafana would make up its own. */
function numbered (dashboard: Dashboard): Dashboard {
  dashboard.panels?.forEach((panel, index) => {
    panel.id = index + 1
    if (!('targets' in panel)) return
    panel.targets = panel.targets?.map((target, place) => ({ ...target, refId: String.fromCharCode(65 + place) }))
  })
  return dashboard
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const folder = join(packageRoot, 'dashboards/grafana')
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(buildDashboards())) writeFileSync(join(folder, name), text)
}
