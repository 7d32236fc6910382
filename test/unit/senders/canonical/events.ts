/** A payload as Standard Webhooks recommends it. */
export function standardWebhook(data: unknown, type = 'user.departed') {
  return { type, timestamp: '2026-11-29T10:00:00Z', data }
}

/** A CloudEvent 1.0 in structured mode. */
export function cloudEvent(data: unknown, type = 'com.example.user.departed') {
  return { specversion: '1.0', id: 'ce-1', source: '/hr', type, time: '2026-11-29T11:00:00Z', data }
}
