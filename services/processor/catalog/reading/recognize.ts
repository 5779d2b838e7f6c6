/** A cheap look at files that a folder or a glob leads to: those that nobody would take for an API document are passed over. */
import { memberOf } from './member.ts'

/** True for an object whose version is one: a number, or a text that begins with one. Settings of other programs have such keys, too. */
export function statesVersion (document: unknown): boolean {
  const stated = [memberOf(document, 'openapi'), memberOf(document, 'swagger')]
  if (stated.some((value) => typeof value === 'number' || (typeof value === 'string' && /^\s*v?\d/i.test(value)))) return true
  // A version that was forgotten is told, where all else speaks for a document.
  const isForgotten = stated.some((value) => value === null || value === '')
  const paths = memberOf(document, 'paths')
  return isForgotten && typeof paths === 'object' && paths !== null
}

/** True for the text of a broken file that has `openapi` or `swagger` with a version at its top, and is no template of one. */
export function looksLikeDocument (text: string): boolean {
  return (topLevel.test(text) || topOfJson.test(text)) && !looksLikeTemplate(text)
}

const topLevel = /^(?:\uFEFF)?["']?(?:openapi|swagger)["']?[ \t]*:[ \t]*["']?v?\d/m
/** Members of the outermost object, as people and programs indent them. */
const topOfJson = /(?:^\uFEFF?\s*\{\s*|^[ \t]{1,4})"(?:openapi|swagger)"\s*:\s*"?v?\d/m

/** True for the text of a broken file that has a Backstage entity at its top, and is no template of one. */
export function looksLikeEntity (text: string): boolean {
  return /^apiVersion:[ \t]*["']?backstage\.io\//m.test(text) && !looksLikeTemplate(text)
}

/** Expressions of Jinja, Nunjucks and Go templates where YAML has none: lines of their own, and values without quotes. */
function looksLikeTemplate (text: string): boolean {
  return /^\s*(?:-\s*)?\{[%#{]/m.test(text) || /:[ \t]+\$?\{\{/.test(text)
}
