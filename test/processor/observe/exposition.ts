import { startExporter } from '../../../services/processor/observe/exporter.ts'
import type { Series } from '../../../services/processor/observe/series.ts'
import type { Handler } from '../../../services/runtime/http.ts'
import { listen } from '../../../services/runtime/http.ts'

/** One sample of a scrape. */
export interface Sample { name: string, labels: Record<string, string>, value: number }

/** Scrapes a handler over a real socket: status, content type and text. */
export async function scrape (handler: Handler): Promise<{ status: number, type: string, text: string }> {
  const listener = await listen({ host: '127.0.0.1', port: 0 }, handler)
  try {
    const response = await fetch(`${listener.url}/metrics`)
    return { status: response.status, type: response.headers.get('content-type') ?? '', text: await response.text() }
  } finally {
    await listener.close(0)
  }
}

/** What a scrape of some series gives, through their exporter. */
export async function samplesOf (series: Series): Promise<Sample[]> {
  const exporter = startExporter({ series, version: '1.2.3' })
  try {
    return readSamples((await scrape(exporter.handler)).text)
  } finally {
    await exporter.close()
  }
}

/** Reads Prometheus' text format 0.0.4, and throws at any line that does not follow it. */
export function readSamples (text: string): Sample[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).map(readSample)
}

/** Sum of all samples of one name with these labels. */
export function total (samples: readonly Sample[], name: string, labels: Record<string, string> = {}): number {
  return samples
    .filter((sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
    .reduce((sum, sample) => sum + sample.value, 0)
}

function readSample (line: string): Sample {
  const found = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/u.exec(line)
  if (found === null) throw new Error(`not a sample: ${line}`)
  const labels: Record<string, string> = {}
  const rest = (found[2] ?? '').replace(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gu, (_, name: string, value: string) => {
    labels[name] = value.replace(/\\(.)/g, (_escape, char: string) => char === 'n' ? '\n' : char)
    return ''
  })
  if (rest !== '') throw new Error(`not labels: ${rest}`)
  return { name: found[1] ?? '', labels, value: Number(found[3]) }
}
