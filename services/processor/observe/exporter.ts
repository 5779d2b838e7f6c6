import { hostname } from 'node:os'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions'
import type { MetricProducer } from '@opentelemetry/sdk-metrics'
import type { Handler } from '../../runtime/http.ts'

export interface ExporterOptions {
  series: MetricProducer
  /** The package's version: `service.version`. */
  version: string
  /** More resource attributes, or other values for `service.name` and `service.instance.id`. */
  resource?: Record<string, string>
}

export interface Exporter {
  /** Answers GET /metrics in Prometheus' text format 0.0.4. */
  handler: Handler
  close (): Promise<void>
}

/**
 * Starts the OpenTelemetry SDK with a resource and one reader: the Prometheus exporter, without its own server. Metric
 * names come out exactly as the registry has them; resource attributes are the labels of `target_info`.
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
  return {
    handler: (request, response) => {
      exporter.getMetricsRequestHandler(request, response)
      // The exporter sets a bare text/plain first and sends later; label values are UTF-8.
      response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8')
    },
    close: () => sdk.shutdown(),
  }
}
