import type { Stack } from './stack.ts'

/** The operations that Atlas was asked for, in order of arrival. */
export function operationsOf({ atlas }: Stack): readonly (string | undefined)[] {
  return atlas.requests.map(({ operation }) => operation)
}

/** How Atlas answered an operation, in order of arrival; 0 where the connection was cut instead. */
export function answersTo({ atlas }: Stack, operation: string): readonly number[] {
  return atlas.requests.filter((one) => one.operation === operation).map(({ status }) => status)
}
