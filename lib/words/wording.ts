/** `1 case`, `2 cases`. */
export function countOf(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** `1 person`, `2 people`. */
export function peopleOf(number: number): string {
  return number === 1 ? '1 person' : `${number} people`
}
