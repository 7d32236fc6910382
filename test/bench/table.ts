import type { Figure } from './measure.ts'

type Machine = {
  readonly cpu: string
  readonly cores: number
  readonly node: string
  readonly platform: string
}

const WIDTHS = { name: 52, value: 16, target: 14 }

export function heading({ cpu, cores, node, platform }: Machine): string {
  const titles = columns('measured in this run', 'value', 'target')
  return `${cpu}, ${cores} cores, ${platform}, Node ${node}\n\n${titles}`
}

/** A figure's line, and its drawing below. */
export function text(figure: Figure): string {
  const { drawing = [] } = figure
  return [line(figure), ...(drawing.length > 0 ? ['', ...drawing, ''] : [])].join('\n')
}

/** One figure in one line; what it says about itself comes last, because it has no fixed width. */
function line(figure: Figure): string {
  const { name, value, unit, note, skipped } = figure
  if (skipped) return `${columns(name, '–', targetOf(figure))}  skipped: ${skipped}`
  return [columns(name, `${rounded(value)} ${unit}`, targetOf(figure)), verdictOn(figure), note ?? '']
    .join('  ')
    .trimEnd()
}

function columns(name: string, value: string, target: string): string {
  return `${name.padEnd(WIDTHS.name)} ${value.padStart(WIDTHS.value)}  ${target.padEnd(WIDTHS.target)}`
}

function targetOf({ atMost, atLeast, unit }: Figure): string {
  if (atMost !== undefined) return `≤ ${atMost} ${unit}`
  return atLeast === undefined ? '' : `≥ ${atLeast} ${unit}`
}

function verdictOn({ value, atMost, atLeast }: Figure): string {
  if (atMost === undefined && atLeast === undefined) return '      '
  const isMet =
    value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? Number.NEGATIVE_INFINITY)
  return isMet ? 'ok    ' : 'MISSED'
}

/** Three digits say enough, and two more would lie about the noise. */
function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
