/** The rules that findings of `gatelens validate` name: `docs/reference/findings.md` is generated from this table. */

/** What a rule is about, how bad its findings are by default (some depend on what was lost), and what to do. */
export interface Rule { about: Subject, severity: 'error' | 'warning' | 'error or warning', summary: string, help: string }

/** Chapters of the reference. */
export type Subject = 'paths' | 'parameters' | 'operations' | 'servers' | 'documents' | 'gateway' | 'Backstage' | 'partners' | 'rules'

/** Every rule by its code. Errors lose something or count requests wrongly; warnings are used, but probably not as meant. */
export const rules = {
  'same-shape': { about: 'paths', severity: 'error', summary: 'Two templates of one document accept the same paths and declare the same method.', help: 'Describe both as one path, or give one a segment of its own.' },
  'unreachable-operation': { about: 'paths', severity: 'error', summary: 'No request can reach the operation: another one takes every path that fits it, at all of its servers.', help: 'Give it a path of its own, or describe both as one operation.' },
  'unreachable-values': { about: 'paths', severity: 'error', summary: 'Every value that the enum or const of a path parameter allows is taken by more specific templates of the document.', help: 'Give the operation a path of its own, or delete it.' },
  'shadowed-value': { about: 'paths', severity: 'warning', summary: 'A value that the document itself names for a path parameter (enum, const, example, default) leads to another operation.', help: 'Describe the value at the other path only, or declare the method there, too.' },
  'ambiguous-operation': { about: 'paths', severity: 'warning', summary: 'An operation of another document accepts the same paths at the same host, or neither declares a host.', help: 'Declare different hosts or base paths, or name the gateway\'s routes with --kong.' },
  'repeated-operation': { about: 'paths', severity: 'warning', summary: 'Another document declares the very same operation of the same service.', help: 'Load one of the documents only.' },
  'case-twin': { about: 'paths', severity: 'warning', summary: 'Two paths of one document differ by case only.', help: 'Keep the one that the service answers.' },
  'trailing-slash-twin': { about: 'paths', severity: 'warning', summary: 'Two paths of one document differ by a trailing slash only.', help: 'Keep the one that the service answers.' },
  'key-suffix': { about: 'paths', severity: 'warning', summary: 'The key of a path holds a query, a fragment or a query expression, which no path holds.', help: 'Declare query parameters as parameters.' },
  'missing-leading-slash': { about: 'paths', severity: 'warning', summary: 'The key of a path does not begin with a slash.', help: 'Write it with one.' },
  'unbalanced-braces': { about: 'paths', severity: 'warning', summary: 'The braces of a key do not pair up, so that they count as characters.', help: 'Close or escape them.' },
  'foreign-parameter': { about: 'paths', severity: 'warning', summary: 'A segment is a parameter as other tools write it (`:id`, `<id>`, `[id]`, `${id}`); OpenAPI takes it as it stands.', help: 'Write it in braces, and declare it.' },
  'empty-path-item': { about: 'paths', severity: 'error', summary: 'A path declares no operation.', help: 'Declare its operations, or delete it.' },
  'invalid-path-item': { about: 'paths', severity: 'error', summary: 'A path item is not an object.', help: 'Write an object of operations.' },
  'mistyped-operation': { about: 'paths', severity: 'error', summary: 'A path item has a field that is none and seems to hold an operation, such as "POST" or "gets".', help: 'Write the method in lower case, without a slip.' },
  'unknown-field': { about: 'paths', severity: 'warning', summary: 'A path item has a field that OpenAPI does not know.', help: 'Delete it, or begin it with "x-".' },
  'undeclared-parameter': { about: 'parameters', severity: 'warning', summary: 'A parameter of the template is not declared.', help: 'Declare it with "in: path".' },
  'unused-parameter': { about: 'parameters', severity: 'warning', summary: 'A declared path parameter does not stand in the template.', help: 'Add it to the path, or delete the declaration.' },
  'duplicate-parameter': { about: 'parameters', severity: 'warning', summary: 'A template holds the same parameter twice.', help: 'Give each place a name of its own.' },
  'repeated-declaration': { about: 'parameters', severity: 'warning', summary: 'A path parameter is declared twice in one list.', help: 'Delete one of the declarations.' },
  'no-operation-id': { about: 'operations', severity: 'warning', summary: 'An operation has no operationId, by which events and reports name it.', help: 'Give it one.' },
  'duplicate-operation-id': { about: 'operations', severity: 'warning', summary: 'Two operations of one document have the same operationId.', help: 'Give each one of its own.' },
  'deprecated-without-successor': { about: 'operations', severity: 'warning', summary: 'A deprecated operation does not say what to use instead, or until when it works.', help: 'Say it in the description or in x-successor, declare Sunset, Deprecation or Link, or publish the operation under a newer version.' },
  'invalid-operation': { about: 'operations', severity: 'error', summary: 'An operation is not an object.', help: 'Write an object with responses.' },
  'empty-operation': { about: 'operations', severity: 'error', summary: 'A method has nothing behind it.', help: 'Write an object with responses, or delete it.' },
  'undeclared-server-variable': { about: 'servers', severity: 'warning', summary: 'The URL of a server holds a variable that is not declared.', help: 'Declare it in "variables", with a default.' },
  'server-variable-without-default': { about: 'servers', severity: 'warning', summary: 'A server variable has no default, so that base path or host are not known.', help: 'Give it one.' },
  'server-variable-default-not-in-enum': { about: 'servers', severity: 'warning', summary: 'The default of a server variable is not one of its enum.', help: 'Add it there.' },
  unreadable: { about: 'documents', severity: 'error', summary: 'A file is neither valid JSON nor valid YAML, or cannot be opened.', help: 'Mend the line that the message names.' },
  fetch: { about: 'documents', severity: 'error', summary: 'A document or a catalog cannot be fetched.', help: 'Check the URL, the credentials and the server.' },
  'not-read-yet': { about: 'documents', severity: 'warning', summary: 'A source has not answered since the start; what was read of it last stays in use, if anything was.', help: 'Wait, or check the URL and the server.' },
  'too-large': { about: 'documents', severity: 'error', summary: 'A document takes more memory or time than the catalog allows.', help: 'Cut the document, or raise the limit.' },
  'not-followed': { about: 'documents', severity: 'error', summary: 'A symbolic link leads out of the folders of the catalog.', help: 'Move the file there, or allow its folder with catalog.files.folders (--allow-folder).' },
  'repeated-key': { about: 'documents', severity: 'error or warning', summary: 'A key stands more than once in one mapping: what stands first is lost.', help: 'Write it once; below paths and operations merge the two.' },
  'several-documents': { about: 'documents', severity: 'error', summary: 'A file holds several OpenAPI documents, of which only the first is read.', help: 'Write each to a file of its own.' },
  'not-openapi': { about: 'documents', severity: 'error', summary: 'A named file is no OpenAPI document.', help: 'Name another one.' },
  'not-a-document': { about: 'documents', severity: 'error', summary: 'A document is not an object.', help: 'Name another file.' },
  'unknown-format': { about: 'documents', severity: 'error or warning', summary: 'A document states no version that is known: swagger 2.0, openapi 3, or _format_version 1.1 to 3.0.', help: 'State the version.' },
  'version-not-text': { about: 'documents', severity: 'warning', summary: 'The version of a document is a number.', help: 'Write it in quotes.' },
  'no-paths': { about: 'documents', severity: 'error or warning', summary: 'A document declares no paths, or its "paths" are mistyped.', help: 'Write "paths", or name another file.' },
  'invalid-paths': { about: 'documents', severity: 'error', summary: 'The paths of a document are not an object.', help: 'Write an object of path items.' },
  'unresolved-reference': { about: 'documents', severity: 'error or warning', summary: 'A reference leads nowhere.', help: 'Mend it, or add the file that it names.' },
  'no-gateway-route': { about: 'gateway', severity: 'warning', summary: 'The gateway has routes for the service, but none of them leads to the operation.', help: 'Add its path and method to a route, or delete the operation.' },
  'no-routes': { about: 'gateway', severity: 'warning', summary: 'The gateway has no routes, or none with the wanted tags.', help: 'Check the workspace and the tags.' },
  'not-allowed': { about: 'gateway', severity: 'warning', summary: 'The token may not read a part of the gateway\'s configuration, so that callers may stay unknown.', help: 'Give the token the right to read it.' },
  'unsupported-pattern': { about: 'gateway', severity: 'error', summary: 'The pattern of a route is not understood, so that only records that name the route find it.', help: 'Write a simpler one: without look-around, back-references and classes such as \\p{L}.' },
  'unknown-service': { about: 'gateway', severity: 'error', summary: 'A route names a service that is not there.', help: 'Add the service, or mend the name.' },
  'service-without-host': { about: 'gateway', severity: 'warning', summary: 'A service of the gateway has neither url nor host.', help: 'Give it one.' },
  'unknown-plugin': { about: 'gateway', severity: 'error', summary: 'The embedded gateway does not have the plugin.', help: 'Take it out of what --gateway names; the catalog (--kong) needs no plugins.' },
  'not-in-gateway': { about: 'gateway', severity: 'error', summary: 'The embedded gateway does not have what a declarative file asks for.', help: 'Take it out of what --gateway names.' },
  'repeated-entity': { about: 'gateway', severity: 'error', summary: 'Two entities of a declarative configuration have one name or one id.', help: 'Delete one of them, or give it a name of its own.' },
  'not-kong': { about: 'gateway', severity: 'error', summary: 'A named file is no declarative configuration of Kong or decK.', help: 'Name another one.' },
  'not-a-list': { about: 'gateway', severity: 'error', summary: 'What should be a list of entities is none.', help: 'Write a list.' },
  'not-an-entity': { about: 'gateway', severity: 'error', summary: 'An entry of a list of entities is not an object.', help: 'Write an object, or delete the entry.' },
  'unknown-key': { about: 'gateway', severity: 'warning', summary: 'Neither Kong nor decK knows a key of a declarative file, and it is ignored.', help: 'Mend its spelling, or delete it.' },
  'invalid-info': { about: 'gateway', severity: 'error', summary: 'The _info of a declarative file cannot be used.', help: 'Write _info and its defaults as objects.' },
  'conflicting-settings': { about: 'gateway', severity: 'error', summary: 'Several declarative files give one setting (a default, a plugin configuration) different values, and the first one counts.', help: 'Give the setting in one file.' },
  'unknown-plugin-config': { about: 'gateway', severity: 'error', summary: 'A plugin refers to a shared configuration that is not there.', help: 'Add it to _plugin_configs, or mend the name.' },
  template: { about: 'gateway', severity: 'error', summary: 'A placeholder of decK (`${{ … }}`) cannot be filled in.', help: 'Write it with env, toInt, toFloat, toBool and indent; names begin with DECK_.' },
  'unset-variable': { about: 'gateway', severity: 'error', summary: 'A placeholder in what the catalog uses of a declarative file has no value, and stands as it is written.', help: 'Set the variable.' },
  'invalid-entity': { about: 'Backstage', severity: 'error', summary: 'An entity has no kind or no name.', help: 'Give it both.' },
  'duplicate-entity': { about: 'Backstage', severity: 'warning', summary: 'An entity is there twice; the first one counts.', help: 'Delete one.' },
  'missing-owner': { about: 'Backstage', severity: 'warning', summary: 'A component, or an API that no component provides, has no owner.', help: 'Name one in spec.owner.' },
  'missing-definition': { about: 'Backstage', severity: 'warning', summary: 'An API entity has no definition.', help: 'Add one, inline or with $text.' },
  'unknown-reference': { about: 'Backstage', severity: 'warning', summary: 'An entity refers to one that is not in the catalog.', help: 'Add that entity, or mend the reference.' },
  'orphaned-entity': { about: 'Backstage', severity: 'warning', summary: 'No location provides an entity any more, so that it is not kept up to date.', help: 'Delete it in Backstage, or register its location again.' },
  'processing-error': { about: 'Backstage', severity: 'warning', summary: 'Backstage could not process an entity.', help: 'Mend what its message names, in the file that declares it.' },
  location: { about: 'Backstage', severity: 'error or warning', summary: 'A location cannot be followed.', help: 'Name the file itself as a source.' },
  'no-entities': { about: 'Backstage', severity: 'warning', summary: 'No entity fits the filter.', help: 'Check the filter.' },
  'entity-too-large': { about: 'Backstage', severity: 'warning', summary: 'An entity is larger than the limit and was left out.', help: 'Raise max_size.' },
  'entities-missing': { about: 'Backstage', severity: 'warning', summary: 'Many entities went missing at once; they are kept for an hour at most.', help: 'Check the Backstage catalog and the filter.' },
  'entities-gone': { about: 'Backstage', severity: 'warning', summary: 'Entities went away while the catalog was read.', help: 'Read it again.' },
  'unstable-catalog': { about: 'Backstage', severity: 'warning', summary: 'The catalog kept changing while it was read.', help: 'Read it again.' },
  partners: { about: 'partners', severity: 'error', summary: 'The partners file cannot be used.', help: 'Mend the line that the message names.' },
  'partner-consumer': {
    about: 'partners', severity: 'warning', summary: 'A partner claims a consumer that the gateway\'s configuration does not have.', help: 'Correct the name, or drop it.',
  },
  'rule-partner': {
    about: 'rules', severity: 'error', summary: 'A detection rule is about a partner that does not exist.', help: 'Correct `where.partner`.',
  },
  'rule-quota': {
    about: 'rules', severity: 'error', summary: 'A detection rule compares with a quota that no partner has.', help: 'Give a partner the quota, or drop the rule.',
  },
  'rule-service': {
    about: 'rules', severity: 'warning', summary: 'A detection rule is about a service that neither documents nor gateway have.', help: 'Correct `where.service`.',
  },
  'rule-route': {
    about: 'rules', severity: 'warning', summary: 'A detection rule is about a route that no document declares.', help: 'Write the route with its base path, as `gatelens explain` shows it.',
  },
  'partner-conflict': { about: 'partners', severity: 'warning', summary: 'Two names of one consumer are claimed by different partners.', help: 'Give the consumer to one of them.' },
} as const satisfies Record<string, Rule>

/** The rule of a finding; undefined for those of the error catalogue. */
export function ruleOf (code: string): Rule | undefined {
  return Object.hasOwn(rules, code) ? rules[code as keyof typeof rules] : undefined
}
