/** Activity tracking events, as IBM Cloud's documentation shows them. */
export function activityEventOf(overrides: Readonly<Record<string, unknown>> = {}) {
  return {
    action: 'user-management.user.update',
    outcome: 'success',
    eventTime: '2026-03-01T10:00:00.12+0000',
    severity: 'normal',
    message: 'User management service: update user',
    correlationId: '9f1b0f5e-6d6b-4b63-9a0c-0d1c2b3a4f5e',
    logSourceCRN: 'crn:v1:bluemix:public:user-management:global:a/account1234:::',
    saveServiceCopy: true,
    dataEvent: false,
    observer: { name: 'ActivityTracker' },
    initiator: {
      id: 'IBMid-12345',
      typeURI: 'service/security/account/user',
      name: 'example@ibm.com',
      host: { agent: 'Not Set', address: '198.51.100.7', addressType: 'IPv4' },
      credential: { type: 'token' },
    },
    target: {
      id: 'crn:v1:bluemix:public:user-management:global:a/account1234:::',
      typeURI: 'user-management/user',
      name: 'IBMid-67890',
      host: { address: 'user-management.cloud.ibm.com' },
    },
    reason: { reasonCode: 200, reasonType: 'OK' },
    ...overrides,
  };
}

/** An event of its own: `n` tells it from others. */
export function numberedEvent(n: number, overrides: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify(activityEventOf({ requestData: { n }, ...overrides }));
}
