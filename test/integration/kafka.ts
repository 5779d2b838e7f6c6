import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { packageRoot } from '../../services/runtime/package.ts'
import { pause } from '../../services/runtime/shutdown.ts'
import { reservePort } from '../port.ts'
import { lastWords, launch } from './launch.ts'
import type { Launched } from './launch.ts'

/** A real broker (KRaft, one node, loopback) that a test owns. */
export interface KafkaServer {
  /** host:port. */
  broker: string
  /** host:port of the listener with TLS that wants SASL PLAIN: user `reader`, password `reader-secret`. */
  guarded: string
  /** PEM text of the certificate that the guarded listener shows. */
  ca: string
  /** A client that is quiet. */
  client: Kafka
  /** Starts the same node again, on the same port and data, after {@link KafkaServer.kill}; resolves when it answers. */
  start (): Promise<void>
  /** Ends the broker at once, as a power cut would. */
  kill (): Promise<void>
  /** Lets the broker stand still with all its connections open, or go on. */
  hold (): void
  resume (): void
}

/** Starts Apache Kafka from `test/.servers/kafka` with its data in `folder`. Call `kill` in the end. */
export async function startKafka (folder: string): Promise<KafkaServer> {
  const ports = { plain: await reservePort(), guarded: await reservePort(), controller: await reservePort() }
  mkdirSync(folder, { recursive: true })
  const ca = makeCertificate(folder)
  const properties = join(folder, 'server.properties')
  writeFileSync(properties, settings(folder, ports))
  run('java', [...flags(), 'kafka.tools.StorageTool', 'format', '--config', properties, '--cluster-id', 'Z2F0ZWxlbnMtdGVzdC0wMQ'])
  const broker = `127.0.0.1:${ports.plain}`
  const client = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING, retry: { retries: 8, initialRetryTime: 100 } })
  let running: Launched | undefined
  const kill = async (): Promise<void> => { await running?.end('SIGKILL') }
  const start = async (): Promise<void> => {
    running = launch('broker', 'java', [...flags(), 'kafka.Kafka', properties], folder)
    if (!await answers(client, running)) throw new Error(`the broker does not start\n${lastWords()}`)
  }
  const hold = (): void => { running?.process.kill('SIGSTOP') }
  const resume = (): void => { running?.process.kill('SIGCONT') }
  await start()
  return { broker, guarded: `127.0.0.1:${ports.guarded}`, ca, client, start, kill, hold, resume }
}

function settings (folder: string, { plain, guarded, controller }: Record<'plain' | 'guarded' | 'controller', number>): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${plain},GUARDED://127.0.0.1:${guarded},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${plain},GUARDED://127.0.0.1:${guarded}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,GUARDED:SASL_SSL,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.name.guarded.ssl.keystore.location': join(folder, 'broker.p12'),
    'listener.name.guarded.ssl.keystore.type': 'PKCS12',
    'listener.name.guarded.ssl.keystore.password': 'broker-secret',
    'sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.guarded.plain.sasl.jaas.config':
      'org.apache.kafka.common.security.plain.PlainLoginModule required user_reader="reader-secret";',
    'log.dirs': join(folder, 'data'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 2,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 2,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'auto.create.topics.enable': false,
    'broker.session.timeout.ms': 1500,
    'broker.heartbeat.interval.ms': 300,
  }).map(([key, value]) => `${key}=${value}`).join('\n')
}

function flags (): string[] {
  const library = join(process.env.GATELENS_SERVERS ?? resolve(packageRoot, 'test/.servers'), 'kafka/lib')
  if (!existsSync(library)) throw new Error(`${library} is missing: run test/integration/install.sh`)
  const log = '-Dorg.slf4j.simpleLogger'
  return [
    '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(library, '*'),
    `${log}.defaultLogLevel=warn`, `${log}.log.org.apache.kafka.coordinator.group=info`,
    `${log}.showDateTime=true`, `${log}.dateTimeFormat=HH:mm:ss.SSS`, `${log}.showThreadName=false`, `${log}.showShortLogName=true`,
  ]
}

/** A self-signed certificate for 127.0.0.1: the broker's key store, and the certificate as PEM. */
function makeCertificate (folder: string): string {
  const store = ['-keystore', join(folder, 'broker.p12'), '-storetype', 'PKCS12', '-storepass', 'broker-secret', '-alias', 'broker']
  run('keytool', ['-genkeypair', ...store, '-keyalg', 'EC', '-dname', 'CN=broker', '-ext', 'san=ip:127.0.0.1', '-validity', '30'])
  return run('keytool', ['-exportcert', ...store, '-rfc'])
}

function run (command: string, args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

/** Waits until the broker answers; false when it has ended, or does not answer for minutes. */
async function answers (client: Kafka, { process: child }: Launched): Promise<boolean> {
  const admin = client.admin({ retry: { retries: 0 } })
  const until = Date.now() + 600_000
  while (child.exitCode === null && child.signalCode === null && Date.now() < until) {
    const ready = await admin.connect().then(() => admin.listTopics()).then(() => true, () => false)
    await admin.disconnect()
    if (ready) return true
    await pause(100)
  }
  return false
}
