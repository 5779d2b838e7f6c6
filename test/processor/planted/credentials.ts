/** Credentials, keys and other secrets that no vendor's prefix gives away. */
import { base62, base64, base64url, behind, digits, draw, hex, lower, pick, upper } from './draw.ts'
import type { Kind, Random, Secret } from './draw.ts'

const uuid = (r: Random): string => `${draw(r, hex, 8)}-${draw(r, hex, 4)}-4${draw(r, hex, 3)}-a${draw(r, hex, 3)}-${draw(r, hex, 12)}`
const password = (r: Random): string => `${draw(r, lower, 4)}${draw(r, '!$*', 1)}${draw(r, base62, 7)}`
const jwt = (r: Random): Secret => {
  const parts = [base64(`{"sub":"${draw(r, digits, 9)}","iat":17872${draw(r, digits, 5)}}`).replace(/=+$/, ''), draw(r, base64url, 43)]
  return { text: `eyJhbGciOiJIUzI1NiJ9.${parts.join('.')}`, parts }
}

export const credentials: Readonly<Record<string, Kind>> = {
  'json web token': jwt,
  'bearer token': behind((s) => `Bearer ${s}`, (r) => draw(r, base62, 40)),
  'basic credentials': behind((s) => `Basic ${s}`, (r) => base64(`ostrander${draw(r, lower, 4)}:${password(r)}`)),
  'digest response': behind((s) => `Digest username="ostra", response="${s}"`, (r) => draw(r, hex, 32)),
  'session cookie': behind((s) => `PHPSESSID=${s}`, (r) => draw(r, lower + digits, 26)),
  'session id that is a uuid': uuid,
  '16 hex digits': (r) => draw(r, hex, 16),
  '32 hex digits': (r) => draw(r, hex, 32),
  '40 hex digits': (r) => draw(r, hex, 40),
  '64 hex digits': (r) => draw(r, hex, 64),
  'base64 blob': (r) => base64(draw(r, base62 + digits, 90)),
  'base64url key': (r) => draw(r, base64url, 43),
  'hmac signature': behind((s) => `sha256=${s}`, (r) => draw(r, hex, 64)),
  'one-time password': (r) => draw(r, '123456789', 6),
  'seed of one-time passwords': behind((s) => `otpauth://totp/shop?secret=${s}`, (r) => draw(r, `${upper}234567`, 32)),
  'private key': (r) => {
    const parts = [draw(r, base62, 64), draw(r, base62, 64)]
    return { text: `-----BEGIN RSA PRIVATE KEY-----\n${parts.join('\n')}\n-----END RSA PRIVATE KEY-----`, parts }
  },
  'ssh key': behind((s) => `ssh-ed25519 ${s}`, (r) => `AAAAC3NzaC1lZDI1NTE5AAAAI${draw(r, base62, 43)}`),
  'connection string': behind((s) => `postgres://shop:${s}@10.0.0.9:5432/orders`, password),
  'connection string of redis': behind((s) => `redis://:${s}@cache:6379/0`, password),
  'connection string of jdbc': behind((s) => `jdbc:sqlserver://db;user=sa;password=${s}`, password),
  password,
  'password of a word and a number': (r) => `${pick(r, ['sunshine', 'dragon', 'letmein', 'princess'])}${draw(r, '123456789', 3)}`,
  passphrase: (r) => ['velvet', 'walrus', 'trombone', draw(r, lower, 6)].join('-'),
  voucher: (r) => `WINTER-${draw(r, upper, 4)}-${draw(r, upper + digits, 4)}`,
  ulid: (r) => `01J${draw(r, '0123456789ABCDEFGHJKMNPQRSTVWXYZ', 23)}`,
  'nano id': (r) => draw(r, base64url, 21),
  'bitcoin address': (r) => `bc1q${draw(r, '023456789acdefghjklmnpqrstuvwxyz', 38)}`,
  'ethereum address': (r) => `0x${draw(r, hex, 40)}`,
}
