/** TLS of the inputs that listen. */
import type { TlsOptions } from 'node:tls'
import { z } from 'zod'
import { GatelensError, messageOf } from '../../runtime/errors.ts'

const pem = z.string().min(1)

/** What TLS of a listener takes. */
export const tlsSchema = z.strictObject({
  cert: pem.describe('PEM text of the certificate and its chain, such as ${file:cert.pem}.'),
  key: pem.describe('PEM text of its private key.'),
  client_ca: pem.optional().describe('PEM text of authorities: senders must then have a certificate of one of them.'),
})

/** The checked form of {@link tlsSchema}. */
export type ListenerTls = z.output<typeof tlsSchema>

/** The options of a server; a handshake may take `handshakeTimeout` ms. */
export function tlsOptions ({ cert, key, client_ca: ca }: ListenerTls, handshakeTimeout: number): TlsOptions {
  const isMutual = ca !== undefined
  return { cert, key, ca, requestCert: isMutual, rejectUnauthorized: isMutual, handshakeTimeout }
}

/** What a server says that cannot use its certificate, as an error of the configuration. */
export function wrongTls (input: string, error: unknown): GatelensError {
  const reason = messageOf(error)
  return new GatelensError('CONFIG_INVALID', `certificate and key are no PEM texts that fit each other: ${reason}`, { where: `input ${input}: tls`, cause: error })
}
