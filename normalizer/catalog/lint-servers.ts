/** Servers whose URL cannot be known (OpenAPI 3, Server Object and Server Variable Object). */
import { isObject, objectsOf, stringsOf, textOf } from './references.ts'
import type { Json } from './references.ts'
import type { Warn } from './lint-path.ts'

/** Reports variables of the servers of one object that lack a declaration or a default, or whose default is not in the enum. */
export function lintServers (holder: Json, where: string, warn: Warn): void {
  for (const [index, server] of objectsOf(holder.servers).entries()) {
    const url = textOf(server.url)
    const variables = isObject(server.variables) ? server.variables : {}
    const place = `${where}/servers/${index}`
    for (const name of new Set([...url.matchAll(/\{([^{}]*)\}/g)].map((found) => found[1]!))) lintVariable(name, variables[name], url, place, warn)
  }
}

function lintVariable (name: string, variable: unknown, url: string, where: string, warn: Warn): void {
  if (!isObject(variable)) {
    warn('undeclared-server-variable', `The variable {${name}} of the server ${url} is not declared. Declare it in "variables", with a default.`, where)
  } else if (variable.default === undefined || variable.default === null) {
    warn('server-variable-without-default', `The variable {${name}} of the server ${url} has no default, so that the server is not known. Give it one.`, where)
  } else if (Array.isArray(variable.enum) && !stringsOf(variable.enum).includes(textOf(variable.default)) && textOf(variable.default) !== '') {
    warn('server-variable-default-not-in-enum', `The default ${textOf(variable.default)} of the variable {${name}} of the server ${url} is not one of its enum. Add it there.`, where)
  }
}
