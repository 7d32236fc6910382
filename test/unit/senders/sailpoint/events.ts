/** SailPoint's `detail` of `idn:identity-deleted`. */
export function sailPointDeletion(email: unknown = 'ada@example.com') {
  return {
    identity: { id: 'ee769173319b41d19ccec6cea52f237b', name: 'ada', type: 'IDENTITY' },
    attributes: { email },
    _metadata: { triggerId: 'idn:identity-deleted', triggerType: 'fireAndForget', invocationId: 'inv-1' },
  }
}

/** SailPoint's `detail` of `idn:identity-attributes-changed`: the lifecycle state moves from one to another. */
export function sailPointLifecycle(oldValue: unknown, newValue: unknown, more: object = {}) {
  return {
    identity: { id: 'ee769173319b41d19ccec6cea52f237b', name: 'ada@example.com', type: 'IDENTITY' },
    changes: [
      { attribute: 'department', oldValue: 'sales', newValue: null },
      { attribute: 'cloudLifecycleState', oldValue, newValue },
    ],
    _metadata: {
      triggerId: 'idn:identity-attributes-changed',
      triggerType: 'fireAndForget',
      invocationId: 'inv-1',
    },
    ...more,
  }
}
