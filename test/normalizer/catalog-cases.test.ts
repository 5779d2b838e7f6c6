import { test } from 'node:test'
import { parse, parseAllDocuments } from 'yaml'
import { compile, readBackstage, readKong, readOpenApi } from '../../normalizer/index.ts'
import type { MatchRequest, Problem } from '../../normalizer/index.ts'
import { expectCase, readCases } from '../case.ts'

for (const item of readCases('catalog/backstage')) {
  test(item.name, () => {
    const entities = parseAllDocuments(item.input).map((document) => document.toJS() as unknown)
    const { services, apis, problems } = readBackstage(entities, { source: 'backstage' })
    expectCase(item, [
      ...services.map(({ name, ref, owner, system, domain, lifecycle, contact }) => facts(`service ${name}`, { ref, owner, system, domain, lifecycle, contact })),
      ...services.map(({ name, providesApis, consumesApis, partOf }) => facts(`service ${name}`, { provides: providesApis, consumes: consumesApis, partOf })),
      ...apis.map(({ name, ref, type, owner, system, lifecycle, location, providers, definition }) =>
        facts(`api ${name}`, { ref, type, owner, system, lifecycle, location, providers, definition: definition === undefined ? '' : typeof definition })),
      ...problems.map(problemLine),
    ].join('\n'))
  })
}

for (const item of readCases('catalog/kong')) {
  test(item.name, () => {
    const { config, requests } = splitInput(item.input)
    const { routes, gateway, services, consumers, problems } = readKong(parse(config), { source: 'kong.yml' })
    const apis = routes.map(({ service }) => readOpenApi({ openapi: '3.1.0', paths: { '/x': { get: {} } } }, { service, source: service }))
    const normalizer = compile(apis, { gateway })
    expectCase(item, [
      ...routes.map(({ name, ...route }) => `route ${name} ${JSON.stringify(route)}`),
      ...services.map(({ name, ...service }) => `service ${name} ${JSON.stringify(service)}`),
      ...consumers.map((consumer) => `consumer ${JSON.stringify(consumer)}`),
      ...problems.map(problemLine),
      ...requests.map((line) => `${line} → ${normalizer.match(requestOf(line)).gateway?.name ?? 'no route'}`),
    ].join('\n'))
  })
}

/** `kong.yml`, then lines `METHOD path key=value…` after a line `requests:`. */
function splitInput (input: string): { config: string, requests: string[] } {
  const [config = '', requests = ''] = input.split('\nrequests:\n')
  return { config, requests: requests.split('\n').filter((line) => line !== '') }
}

function requestOf (line: string): MatchRequest {
  const [method = '', path = '', ...rest] = line.split(' ')
  return { method, path, ...Object.fromEntries(rest.map((pair) => pair.split('='))) } as MatchRequest
}

function facts (subject: string, values: Record<string, string | string[]>): string {
  const shown = Object.entries(values).map(([key, value]): [string, string] => [key, [value].flat().join(', ')])
  return `${subject}: ${shown.filter(([, value]) => value !== '').map(([key, value]) => `${key}=${value}`).join(' ')}`
}

function problemLine ({ severity, code, message, where = '' }: Problem): string {
  return `${severity} ${code} ${where} ${message}`
}
