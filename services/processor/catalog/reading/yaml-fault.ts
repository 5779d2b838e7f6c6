/** What is wrong with a YAML text, in our own words: the parsers' are for who knows their code. */
import { YAMLException } from 'js-yaml'
import type { ErrorCode, YAMLError } from 'yaml'
import { deepestLevel } from './json-keys.ts'

/** Of a collection that nests too deeply for the readers. */
export const tooDeepMessage = `collections nest more than ${deepestLevel} deep here`

/** Why a text with positions is refused. */
export function yamlFault ({ code, message }: Pick<YAMLError, 'code' | 'message'>): string {
  if (code === 'RESOURCE_EXHAUSTION') return tooDeepMessage
  // The parser takes a bracket that is never closed for a matter of indentation.
  const fault = code === 'BAD_INDENT' && message.startsWith('Flow ') ? unclosed : faults[code]
  return `the file is no valid YAML here: ${fault ?? 'it cannot be understood'}`
}

const unclosed = 'brackets or braces before are not closed, or what stands in them is not indented'

const faults: Partial<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias has a tag or an anchor of its own',
  BAD_ALIAS: 'an alias has no name, or one that is not known',
  BAD_COLLECTION_TYPE: 'a tag does not fit the value behind it',
  BAD_DIRECTIVE: 'a line with % in front is not understood',
  BAD_DQ_ESCAPE: 'a backslash in double quotes is followed by something unknown',
  BAD_INDENT: 'the indentation does not fit the lines before',
  BAD_PROP_ORDER: 'a tag or an anchor stands in the wrong place',
  BAD_SCALAR_START: 'a value begins with a sign that must stand in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a list or a mapping begins where a key is expected',
  BLOCK_IN_FLOW: 'indented lines stand inside brackets or braces',
  KEY_OVER_1024_CHARS: 'a key is longer than 1,024 letters, or a colon is missing',
  MISSING_CHAR: 'a colon, comma, quote, bracket or brace is missing',
  MULTILINE_IMPLICIT_KEY: 'a key takes several lines, or a colon is missing',
  MULTIPLE_ANCHORS: 'a value has two anchors',
  MULTIPLE_TAGS: 'a value has two tags',
  TAB_AS_INDENT: 'a tab is used for indentation; write spaces',
  TAG_RESOLVE_FAILED: 'a value does not fit its tag',
  UNEXPECTED_TOKEN: 'something stands here that does not belong here',
}

/** Why parsed YAML cannot become values. */
export function valueFault (error: unknown): string {
  if (error instanceof RangeError) return tooDeepMessage.replace(' here', '')
  return 'an alias stands for something that is not there, or aliases stand for far too much'
}

/** The line (1-based) where a text nests too deeply for the quick parser; 0 when that is not what it says. */
export function depthFaultLine (error: unknown): number {
  if (error instanceof RangeError) return 1
  return error instanceof YAMLException && error.reason.includes('maxDepth') ? error.mark.line + 1 : 0
}
