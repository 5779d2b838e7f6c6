import { hostname } from 'node:os'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions'
import type { MetricProducer } from '@opentelemetry/sdk-metrics'
import type { Handler } from '../../runtime/http.ts'
import { messageOf } from '../../runtime/errors.ts'
import { knownUntil, Scrapers } from './scrapers.ts'

export interface ExporterOptions {
  series: MetricProducer
  /** The package's version: `service.version`. */
  version: string
  /** More resource attributes, or other values for `service.name` and `service.instance.id`. */
  resource?: Record<string, string>
}

export interface Exporter {
  /** Answers GET /metrics in Prometheus' text format 0.0.4, compressed for who takes gzip. */
  handler: Handler
  close (): Promise<void>
}

/**
 * Starts the OpenTelemetry SDK with a resource and one reader: the Prometheus exporter, without its own server. Metric
 * names come out exactly as the registry has them; resource attributes are the labels of `target_info`. To a scraper
 * every counter begins at 0, see {@link Scrapers}.
 */
export function startExporter ({ series, version, resource = {} }: ExporterOptions): Exporter {
  const exporter = new PrometheusExporter({ preventServerStart: true, metricProducers: [series], withoutScopeInfo: true })
  const sdk = new NodeSDK({
    resource: resourceFromAttributes({
      [ATTR_SERVICE_NAME]: 'gatelens',
      [ATTR_SERVICE_VERSION]: version,
      [ATTR_SERVICE_INSTANCE_ID]: `${hostname()}:${process.pid}`,
      ...resource,
    }),
    autoDetectResources: false,
    metricReaders: [exporter],
    // Left out, both default to OTLP exporters that try to reach a collector on localhost.
    spanProcessors: [],
    logRecordProcessors: [],
  })
  sdk.start()
  const scrapers = new Scrapers()
  const serializer = new PrometheusSerializer(undefined, false, undefined, false, true)
  return {
    handler: (request, response) => {
      const since = scrapers.visit(request, performance.now())
      const send = async (): Promise<void> => {
        const { resourceMetrics } = await knownUntil.run(since, async () => await exporter.collect())
        const text = serializer.serialize(resourceMetrics)
        const zipped = takesGzip(request.headers['accept-encoding']) ? await promisify(gzip)(text, { level: 3 }) : undefined
        response.writeHead(200, {
          'content-type': 'text/plain; version=0.0.4; charset=utf-8',
          vary: 'accept-encoding',
          ...zipped === undefined ? {} : { 'content-encoding': 'gzip' },
        })
        response.end(request.method === 'HEAD' ? undefined : zipped ?? text)
      }
      send().catch((error: unknown) => response.writeHead(500).end(`${messageOf(error)}\n`))
    },
    close: () => sdk.shutdown(),
  }
}

/** RFC 9110, 12.5.3: gzip, or anything, that is not refused with q=0. */
function takesGzip (accepted: string | string[] | undefined): boolean {
  return String(accepted ?? '').split(',').some((coding) => /^\s*(?:x-)?(?:gzip|\*)\s*(?:;(?!\s*q\s*=\s*0(?:\.0*)?\s*$)|$)/i.test(coding))
}
