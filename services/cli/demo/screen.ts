import { colors, formatCount, onTerminal, renderTitle } from '../terminal.ts'
import type { DemoFolder } from './folder.ts'
import type { Stored } from './proof.ts'
import type { TrafficCount } from './traffic.ts'

/** Addresses of the demo's parts. */
export interface Places { gateway: string, metrics: string, store: string }

/** Where everything is, and a command to try for each. */
export function renderPlaces (places: Places, folder: DemoFolder, rate: number): string {
  const rows: Array<[string, string, string]> = [
    ['gateway', places.gateway, `curl -H 'apikey: demo-key-acme' ${places.gateway}/v1/orders/42`],
    ['metrics', `${places.metrics}/metrics`, `curl -s ${places.metrics}/metrics | grep gatelens_breach_active`],
    ['ClickHouse', places.store, `curl '${places.store}/?query=SELECT+partner,count()+FROM+gatelens.requests+GROUP+BY+1+FORMAT+Pretty'`],
    ['data folder', folder.root, `tail -f ${folder.accessLog}`],
  ]
  const width = Math.max(...rows.map(([, address]) => address.length))
  const lines = rows.map(([name, address, hint]) => `  ${colors.dim(name.padEnd(13))}${colors.cyan(address.padEnd(width))}  ${colors.dim(hint)}`)
  return `${renderTitle('Gatelens demo', `eight partners and a scanner, about ${rate} requests a second; Ctrl-C stops and prints the report`)}\n${lines.join('\n')}\n\n`
}

/** Shows one line of figures: rewritten in place on a terminal, else a new line. */
export class FiguresLine {
  #shown = false

  show (seconds: number, traffic: TrafficCount, stored: Stored, open: number): void {
    const clock = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
    const rate = Math.round(traffic.answered / Math.max(seconds, 1))
    const parts = [
      `${formatCount(traffic.answered)} sent`, `${rate}/s`, `${formatCount(stored.rows)} in ClickHouse`, `${stored.routes} routes`,
      open === 0 ? 'no breach yet' : colors.red(open === 1 ? '1 breach' : `${formatCount(open)} breaches`),
      ...(traffic.failed === 0 ? [] : [colors.red(`${formatCount(traffic.failed)} without an answer`)]),
    ]
    const line = `  ${colors.dim(clock)}  ${parts.join(colors.dim('  ·  '))}`
    process.stdout.write(onTerminal ? `\r\u001B[2K${line}` : `${line}\n`)
    this.#shown = true
  }

  /** Leaves the line as it stands. */
  end (): void {
    if (this.#shown && onTerminal) process.stdout.write('\n')
  }
}
