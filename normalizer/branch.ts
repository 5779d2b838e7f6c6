/** What the tree is built from: every written form of every template, and what it leads to. Types only. */
import type { Endpoint, Form, Segment } from './endpoint.ts'

/** One template of one document at one group of servers: what all its written forms lead to. */
export interface TemplateRecord {
  readonly document: number
  /** Index of the group of servers. */
  readonly mount: number
  /** The key had a `#` or `?` suffix: a key without one goes first. */
  readonly suffixed: boolean
  /** Operation by method number, fallbacks filled in (HEAD from GET, any-method). */
  readonly byMethod: ReadonlyArray<Endpoint | undefined>
  /** Stands for the path when the method is not declared. */
  readonly path: Endpoint
}

/** One written form of a template, at the end of its branch. */
export interface Leaf {
  readonly record: TemplateRecord
  readonly form: Form
  /** 1 when the form lacks the document's base path. */
  readonly stripped: number
  /** 1 when the base path begins with a variable of any value: such a form says no more of a path than one without. */
  readonly open: number
  /** 1 when the base path is not empty and part of the form. */
  readonly based: number
  /** 1 for the single-segment form of a parameter that may span several. */
  readonly derived: number
}

/** A leaf with the form's segments: what the builder takes. */
export interface Branch extends Leaf { readonly segments: readonly Segment[] }
