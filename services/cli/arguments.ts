import { InvalidArgumentError, Option } from 'commander'
import { formatNames } from '../processor/format.ts'
import { parseAddress, parseDuration } from '../runtime/units.ts'

/** The option `--listen`, with `address` (`host:port`) for its default. */
export function listenOption (address: string): Option {
  return new Option('--listen <host:port>', 'address to serve on; port 0 picks a free one').argParser(readAddress).default(readAddress(address), address)
}

function readAddress (text: string): { host: string, port: number } {
  return parseAddress(text) ?? refuse('Give host:port, such as 127.0.0.1:8123.')
}

/** Parses an option such as `60s` into milliseconds; usage error otherwise. */
export function readDuration (text: string): number {
  return parseDuration(text) ?? refuse('Give a number and ms, s, m, h or d, such as 60s.')
}

/** Parses a whole number above zero; usage error otherwise. */
export function readCount (text: string): number {
  const value = Number(text)
  return Number.isSafeInteger(value) && value > 0 ? value : refuse('Give a whole number above 0.')
}

/** Parses a port that can be listened on; usage error otherwise. */
export function readPort (text: string): number {
  const port = readCount(text)
  return port <= 65_535 ? port : refuse('Give a port from 1 to 65535.')
}

/** Parses the name of a log format; usage error with the known names otherwise. */
export function readFormat (text: string): string {
  return formatNames.find((name) => name === text) ?? refuse(`Known formats: ${formatNames.join(', ')}.`)
}

function refuse (message: string): never {
  throw new InvalidArgumentError(message)
}
