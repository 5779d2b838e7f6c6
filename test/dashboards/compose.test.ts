import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { declarativeSchema } from '../../services/gateway/declarative.ts'
import { loadCatalog } from '../../services/processor/catalog/load.ts'
import type { KafkaInputOptions } from '../../services/processor/input/kafka-options.ts'
import { processorSchema } from '../../services/processor/config.ts'
import { rulesFileSchema } from '../../services/processor/detect/rule.ts'
import { loadConfig, relativeTo } from '../../services/runtime/config.ts'
import { packageRoot } from '../../services/runtime/package.ts'

interface Service {
  image: string
  build?: string
  command?: string[]
  environment?: Record<string, string | number>
  ports?: string[]
  volumes?: string[]
  depends_on?: Record<string, { condition: string }>
  healthcheck?: { test: string[] }
  restart?: string
}

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8')
const compose = parse(read('docker-compose.yml')) as { services: Record<string, Service>, volumes: Record<string, unknown> }
const services = Object.entries(compose.services)
const mounts = services.flatMap(([name, service]) => (service.volumes ?? []).map((volume) => {
  const [source = '', target = ''] = volume.split(':')
  return { name, source, target }
}))

test('the stack has a gateway, Kong, Kafka, ClickHouse, the processor, Prometheus and Grafana', () => {
  const wanted = ['gateway', 'kong', 'kafka', 'clickhouse', 'processor', 'prometheus', 'grafana', 'alertmanager']
  assert.deepEqual(wanted.filter((name) => !Object.hasOwn(compose.services, name)), [])
})

for (const [name, service] of services) {
  test(`${name}: image pinned, ports on loopback only, what it waits for can be waited for`, () => {
    assert.match(service.image, service.build === undefined ? /:v?\d+(\.\d+)+$/ : /:local$/)
    for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:\d+:\d+$/)
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const waited = compose.services[other]
      assert.ok(waited !== undefined, other)
      if (condition === 'service_healthy') assert.ok(waited.healthcheck !== undefined, `${other} has a health check`)
      if (condition === 'service_completed_successfully') assert.equal(waited.restart, undefined, `${other} ends`)
    }
    if (service.ports !== undefined) assert.ok(service.healthcheck !== undefined, 'what is published says whether it is well')
  })
}

test('every file that is mounted exists, every volume is declared and used', () => {
  for (const { name, source } of mounts.filter((mount) => mount.source.startsWith('./'))) {
    assert.ok(existsSync(join(packageRoot, source)), `${name}: ${source}`)
  }
  const used = new Set(mounts.map((mount) => mount.source).filter((source) => !source.startsWith('./')))
  assert.deepEqual([...used].sort(), Object.keys(compose.volumes).sort())
})

test('no secret has a value that everybody can read', () => {
  const values = services.flatMap(([name, { environment = {} }]) => Object.entries(environment).map(([key, value]) => [`${name} ${key}`, String(value)] as const))
  const secrets = values.filter(([key]) => /PASSWORD|SECRET|TOKEN|_KEY$/.test(key))
  assert.ok(secrets.length >= 4, secrets.map(([key]) => key).join(', '))
  for (const [key, value] of secrets) assert.match(value, /^\$\{[A-Z_]+:\?/, key)
})

test('published ports do not collide', () => {
  const published = services.flatMap(([, service]) => service.ports ?? []).map((port) => port.split(':')[1])
  assert.equal(new Set(published).size, published.length)
})

test('the gateways\' configuration is one that the embedded gateway takes', () => {
  const gateway = loadConfig(join(packageRoot, 'examples/compose/kong.yml'), declarativeSchema)
  assert.ok((gateway.services?.length ?? 0) >= 4)
  for (const { source } of mounts.filter((mount) => mount.target.endsWith('/kong.yml'))) assert.equal(source, './examples/compose/kong.yml')
})

test('the processor\'s configuration, as it is mounted, is complete: catalog, partners and rules load without a problem', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatelens-compose-'))
  try {
    for (const { source, target } of mounts.filter((mount) => mount.name === 'processor' && mount.source.startsWith('./'))) {
      mkdirSync(dirname(join(folder, target)), { recursive: true })
      cpSync(join(packageRoot, source), join(folder, target), { recursive: true })
    }
    for (const [name, value] of Object.entries(compose.services.processor?.environment ?? {})) {
      process.env[name] = /^\$\{\w+:\?/.test(String(value)) ? 'a secret of the test alone' : String(value)
    }
    const path = join(folder, '/etc/gatelens/processor.yml')
    const settings = loadConfig(path, processorSchema)
    const catalog = await loadCatalog(settings.catalog, { base: dirname(path) })
    assert.ok(catalog.endpoints.length > 10 && catalog.partners.length > 0 && catalog.services.size > 0)
    assert.deepEqual(catalog.problems.filter((problem) => problem.severity === 'error'), [])
    assert.ok(typeof settings.rules === 'string')
    assert.ok(loadConfig(relativeTo(path, settings.rules), rulesFileSchema).rules.length > 0)
    assert.ok(mounts.some((mount) => mount.name === 'processor' && mount.target === settings.state), 'the state outlives the container')
    const [input] = settings.inputs
    assert.ok(input?.type === 'kafka')
    agreeOnTopic(input as KafkaInputOptions)
    assert.match(compose.services.processor?.ports?.[0] ?? '', new RegExp(`:${settings.metrics.listen.split(':')[1]}$`))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

function agreeOnTopic ({ brokers, topics }: { brokers: string[], topics: string[] }): void {
  const { pipeline } = parse(read('examples/compose/fluent-bit.yaml')) as { pipeline: { outputs: Array<{ brokers: string, topics: string }> } }
  assert.deepEqual([pipeline.outputs[0]?.brokers], brokers)
  assert.deepEqual([pipeline.outputs[0]?.topics], topics)
  for (const broker of brokers) assert.ok(Object.hasOwn(compose.services, broker.split(':')[0] ?? ''), broker)
}

test('Prometheus scrapes what is there, and finds the rules where they are mounted', () => {
  const { scrape_configs: jobs, rule_files: files } = parse(read('dashboards/prometheus/prometheus.yml')) as {
    scrape_configs: Array<{ static_configs: Array<{ targets: string[] }> }>, rule_files: string[]
  }
  const targets = jobs.flatMap((job) => job.static_configs).flatMap((item) => item.targets)
  for (const target of targets) assert.ok(Object.hasOwn(compose.services, target.split(':')[0] ?? ''), target)
  for (const file of files) assert.ok(mounts.some((mount) => mount.target === `/etc/prometheus/${file}`), file)
})

test('Grafana has every variable that its provisioning names, and finds the dashboards', () => {
  const environment = compose.services.grafana?.environment ?? {}
  const provisioning = read('dashboards/provisioning/datasources/gatelens.yaml')
  for (const [, name = ''] of provisioning.matchAll(/\$([A-Z_]+)/g)) assert.ok(Object.hasOwn(environment, name), name)
  const { providers } = parse(read('dashboards/provisioning/dashboards/gatelens.yaml')) as { providers: Array<{ options: { path: string } }> }
  for (const { options } of providers) assert.ok(mounts.some((mount) => mount.name === 'grafana' && mount.target === options.path))
})

test('the image copies only what exists, and what the program needs at run time', () => {
  const dockerfile = read('Dockerfile')
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((found) => (found[1] ?? '').split(' '))
  assert.ok(copied.length > 5)
  for (const path of copied) assert.ok(existsSync(join(packageRoot, path)), path)
  const allowed = new Set(read('.dockerignore').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1)))
  assert.deepEqual(copied.filter((path) => !allowed.has(path)), [], 'not hidden by .dockerignore')
  assert.match(dockerfile, /services\/store\/schema/)
})
