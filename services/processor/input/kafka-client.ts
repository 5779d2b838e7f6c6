import { connect, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Kafka, logLevel, PartitionAssigners } from 'kafkajs'
import type { Cluster, Consumer, ISocketFactory, KafkaConfig, LogEntry, SASLOptions } from 'kafkajs'
import { messageOf } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/log.ts'
import type { KafkaInputOptions } from './kafka-options.ts'

/** How often a member that is busy shows that it lives. */
export function heartbeatInterval (options: KafkaInputOptions): number {
  return Math.min(1000, options.session_timeout / 10)
}

export interface Member { consumer: Consumer, cluster: Cluster }

/**
 * A consumer that commits nothing and restarts nothing by itself. `onJoining` is called whenever it begins to join the
 * group, before the first request. A fetch waits on the broker until a batch is full or the linger is over, so small
 * traffic makes whole batches too.
 */
export function createMember (options: KafkaInputOptions, log: Logger, onJoining: () => void): Member {
  let cluster: Cluster | undefined
  const consumer = new Kafka(connection(options, log)).consumer({
    groupId: options.group,
    sessionTimeout: options.session_timeout,
    heartbeatInterval: heartbeatInterval(options),
    rebalanceTimeout: Math.max(60_000, options.session_timeout),
    minBytes: options.batch.bytes,
    maxBytesPerPartition: options.batch.bytes,
    maxBytes: 2 * options.batch.bytes,
    maxWaitTimeInMs: options.batch.linger,
    allowAutoTopicCreation: false,
    retry: { ...retry, retries: 5, restartOnFailure: async () => false },
    partitionAssigners: [(config) => {
      cluster = config.cluster
      const assigner = PartitionAssigners.roundRobin(config)
      return {
        name: assigner.name,
        version: assigner.version,
        assign: (group) => assigner.assign(group),
        protocol: (subscription) => { onJoining(); return assigner.protocol(subscription) },
      }
    }],
  })
  if (cluster === undefined) throw new Error('kafkajs made no assigner')
  return { consumer, cluster }
}

/** What a failure is about: the protocol's own error type, `authentication`, `connection`, else the error's name. */
export function kindOf (error: unknown): string {
  const root = rootOf(error)
  if (root.type !== undefined) return root.type
  if (root.name === 'KafkaJSSASLAuthenticationError') return 'authentication'
  return root.name.startsWith('KafkaJS') ? 'connection' : root.name
}

/** The message of the failure behind kafkajs's "number of retries exceeded". */
export function reasonOf (error: unknown): string {
  return messageOf(rootOf(error))
}

/** True for an answer of the group that asks the member to join again. */
export function isRefusal (error: unknown): boolean {
  return isLost(error) || ['REBALANCE_IN_PROGRESS', 'NOT_COORDINATOR_FOR_GROUP'].includes(kindOf(error))
}

/** True when the group has gone on without this member: it can commit nothing more. */
export function isLost (error: unknown): boolean {
  return ['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'].includes(kindOf(error))
}

/** True when messages are compressed with a codec that is not built in: no retry helps. */
export function isCodecMissing (error: unknown): boolean {
  return rootOf(error).name === 'KafkaJSNotImplemented'
}

/** Few and quick, because the input starts a whole new client when they are used up; joining may take more turns. */
const retry = { initialRetryTime: 200, maxRetryTime: 3000, retries: 2 }

function connection (options: KafkaInputOptions, log: Logger): KafkaConfig {
  return {
    brokers: options.brokers,
    clientId: options.client_id,
    ...options.ssl === false ? {} : { ssl: options.ssl },
    ...options.sasl === undefined ? {} : { sasl: options.sasl as SASLOptions },
    retry,
    // As long as Java's clients wait; kafkajs's own second is over while a busy machine, or a handshake far away, takes it.
    connectionTimeout: 10_000,
    socketFactory: openSocket,
    logLevel: log.isLevelEnabled('debug') ? logLevel.DEBUG : logLevel.NOTHING,
    logCreator: () => (entry) => relay(entry, log),
  }
}

/** As kafkajs does by itself, but without Node's warning: kafkajs ends a socket that never connected again and again. */
const openSocket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const name = isIP(host) === 0 ? { servername: host } : {}
  const socket = ssl ? connectTls({ host, port, ...name, ...ssl }, onConnect) : connect({ host, port }, onConnect)
  return socket.setMaxListeners(0).setKeepAlive(true, 60_000)
}

/** kafkajs repeats itself at every retry, so its lines are for debugging; the input itself reports changes of state. */
function relay ({ namespace, label, log: { message, error, groupId, broker } }: LogEntry, log: Logger): void {
  const reason = error === undefined ? undefined : messageOf(error)
  log.debug({ kafkajs: namespace, level_there: label, group: groupId, broker, reason }, message)
}

interface Root extends Error { type?: string }

function rootOf (error: unknown): Root {
  const root = error instanceof Error ? error : new Error(String(error))
  return root.cause instanceof Error && root.cause !== root ? rootOf(root.cause) : root
}
