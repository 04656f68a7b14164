import { Logger } from '@aws-lambda-powertools/logger';

/**
 * The one logger of a function: structured fields, one JSON object a line.
 *
 * Log fields, never whole events: an event may hold a `ResponseURL`, a request an `Authorization` header.
 * The level comes from `POWERTOOLS_LOG_LEVEL`, the service name from `POWERTOOLS_SERVICE_NAME`.
 */
export const logger = new Logger();
