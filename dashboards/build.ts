/**
 * Writes `dashboards/grafana/` (to import) and `dashboards/provisioned/` (for the data sources of
 * `dashboards/provisioning/`) from the code beside it. `npm run dashboards` writes; a test fails when the committed files
 * differ from what this gives, or name a metric, label or column that does not exist.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { packageRoot } from '../services/runtime/package.ts'
import { breaches } from './breaches.ts'
import { drift } from './drift.ts'
import { partners } from './partners.ts'
import { pipeline } from './pipeline.ts'
import { shared } from './shared.ts'
import { traffic } from './traffic.ts'

/** Every dashboard by its file name below `dashboards/grafana/`, as the text of the file; an import asks for its data sources. */
export function buildDashboards (): Record<string, string> {
  return texts(shared)
}

/** The same below `dashboards/provisioned/`: the variables have the data sources that are provisioned beside them. */
export function buildProvisioned (): Record<string, string> {
  return texts((dashboard) => dashboard)
}

function texts (form: (dashboard: Dashboard) => object): Record<string, string> {
  const builders = { 'traffic.json': traffic, 'partners.json': partners, 'breaches.json': breaches, 'drift.json': drift, 'pipeline.json': pipeline }
  return Object.fromEntries(Object.entries(builders).map(([name, board]) => [name, `${JSON.stringify(form(numbered(board().build())), null, 2)}\n`]))
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
  for (const [folder, built] of Object.entries({ grafana: buildDashboards(), provisioned: buildProvisioned() })) {
    const path = join(packageRoot, 'dashboards', folder)
    mkdirSync(path, { recursive: true })
    for (const [name, text] of Object.entries(built)) writeFileSync(join(path, name), text)
  }
}
