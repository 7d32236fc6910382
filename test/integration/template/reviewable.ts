import type { Json, Template } from '../../../infra/check/template.ts'

const WIDTH = 130

/** Writes a template for a reviewer: what fits into a line is one, and nothing in it depends on the day it was packaged. */
export function reviewable(template: Template): string {
  return `${lines(template, 0).replace(/\/\d{13}-\d{4}-[\dT:.Z-]+\//g, '/TIME/')}\n`
}

function lines(json: Json, depth: number): string {
  const short = JSON.stringify(json)
  if (typeof json !== 'object' || json === null || short.length + depth <= WIDTH) return short

  const indent = ' '.repeat(depth + 1)
  const [open, close] = Array.isArray(json) ? '[]' : '{}'
  const parts = Array.isArray(json)
    ? json.map((one: Json) => lines(one, depth + 1))
    : Object.entries(json).map(([key, value]) => `${JSON.stringify(key)}: ${lines(value, depth + 1)}`)
  return `${open}\n${parts.map((part) => `${indent}${part}`).join(',\n')}\n${' '.repeat(depth)}${close}`
}
