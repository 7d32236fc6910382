/** Lets those who ask for the same key at the same time share one run. */
export function singleFlight<T>(): (key: string, run: () => Promise<T>) => Promise<T> {
  const flights = new Map<string, Promise<T>>()
  return (key, run) => {
    const flying = flights.get(key)
    if (flying !== undefined) return flying
    const flight = run().finally(() => flights.delete(key))
    flights.set(key, flight)
    return flight
  }
}
