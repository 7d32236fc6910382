/** What is left of a value once it has been JSON: an instant is a text. */
export type Told<T> = T extends Date
  ? string
  : T extends object
    ? { readonly [Key in keyof T]: Told<T[Key]> }
    : T
