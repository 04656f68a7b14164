/** What is asked of an audit archive most: saved queries, in SQL that Athena and DuckDB both run as it is. */
import { LONGEST_ACTION_HOURS, PENDING } from './audit-pairs.ts';
import { DAY_COLUMN, VIEWS } from './audit-sql.ts';

export interface AuditQuestion {
  /** As `trailbridge audit query --saved` takes it. */
  readonly name: string;
  readonly description: string;
  /** A query over `events`; see `questionSql`. */
  readonly query: string;
}

/** OCSF's class of signing in and out, and that of what is done to user accounts. */
const AUTHENTICATION = 3002;
const ACCOUNT_CHANGE = 3001;

/** A person is one id, of whom not every record tells the name. */
const PERSON = 'COALESCE(principal_id, principal)';

/** A person's name where any of the records tells one, else the id. */
const NAME = 'COALESCE(MAX(CASE WHEN principal <> principal_id THEN principal END), MAX(principal))';

/** Severities in OCSF's order, of those that an event may have. Source: OCSF 1.8.0, `severity_id`. */
const GRAVITY =
  "CASE severity WHEN 'Critical' THEN 5 WHEN 'High' THEN 4 WHEN 'Medium' THEN 3 WHEN 'Low' THEN 2 ELSE 1 END";

export const AUDIT_QUESTIONS: readonly AuditQuestion[] = [
  {
    name: 'look-first',
    description: 'What to look at first, and why: the gravest first',
    query: `SELECT time, severity, source, attention, event, principal, source_ip, object_type, object_name, message, id
FROM events
WHERE attention IS NOT NULL
ORDER BY ${GRAVITY} DESC, time DESC, id`,
  },
  {
    name: 'sign-ins',
    description: 'Who signed in, how often, and when last',
    query: `SELECT source, ${NAME} AS principal, COUNT(*) AS sign_ins, COUNT(DISTINCT source_ip) AS addresses, MIN(time) AS first_time, MAX(time) AS last_time
FROM events
WHERE class_uid = ${AUTHENTICATION} AND activity = 'Logon' AND outcome = 'Success'
GROUP BY source, ${PERSON}
ORDER BY sign_ins DESC, source, principal`,
  },
  {
    name: 'failures',
    description: 'What failed, and for whom',
    query: `SELECT time, source, event, principal, source_ip, object_type, object_name, message, id
FROM events
WHERE outcome = 'Failure'
ORDER BY time DESC, id`,
  },
  {
    name: 'changes',
    description: 'Which settings were changed, from what to what',
    query: `SELECT time, source, principal, event, object_type, object_name, changes, id
FROM events
WHERE changes IS NOT NULL
ORDER BY time DESC, id`,
  },
  {
    name: 'by-whom',
    description: 'Who did how much, reading and signing in left out',
    query: `SELECT source, ${NAME} AS principal, event, COUNT(*) AS times, MAX(time) AS last_time
FROM events
WHERE class_uid <> ${AUTHENTICATION} AND activity <> 'Read'
GROUP BY source, ${PERSON}, event
ORDER BY times DESC, source, principal, event`,
  },
  {
    name: 'from-where',
    description: 'From which addresses, by how many, and how often in vain',
    query: `SELECT source_ip, source, COUNT(*) AS events, COUNT(DISTINCT ${PERSON}) AS principals, COUNT(CASE WHEN outcome = 'Failure' THEN 1 END) AS failures, MAX(time) AS last_time
FROM events
WHERE source_ip IS NOT NULL
GROUP BY source_ip, source
ORDER BY events DESC, source_ip, source`,
  },
  {
    name: 'api-keys',
    description: 'Which API keys were created, and by whom',
    query: `SELECT time, source, principal, object_name, object_id, event, source_ip, id
FROM events
WHERE activity = 'Create' AND outcome <> 'Failure' AND (lower(event) LIKE '%api%key%' OR lower(object_type) LIKE '%api%key%')
ORDER BY time DESC, id`,
  },
  {
    name: 'people',
    description: 'Who was invited, added or removed, and by whom',
    query: `SELECT time, source, event, activity, principal, object_name, object_id, outcome, id
FROM events
WHERE class_uid = ${ACCOUNT_CHANGE} AND (activity IN ('Create', 'Delete') OR lower(event) LIKE '%invit%')
ORDER BY time DESC, id`,
  },
  {
    name: 'by-day',
    description: 'How much happened on each day, and how much of it failed',
    query: `SELECT CAST(CAST(time AS date) AS varchar) AS day, source, COUNT(*) AS events, COUNT(DISTINCT ${PERSON}) AS principals, COUNT(CASE WHEN outcome = 'Failure' THEN 1 END) AS failures
FROM events
GROUP BY CAST(CAST(time AS date) AS varchar), source
ORDER BY day, source`,
  },
  {
    name: 'pending',
    description: 'What was begun, and has no end that is known',
    query: `SELECT begun.time, begun.source, begun.event, begun.principal, begun.object_name, begun.correlation_id, begun.id
FROM events begun
WHERE begun.outcome = '${PENDING}' AND NOT EXISTS (
  SELECT 1 FROM events ended
  WHERE ended.source = begun.source AND ended.event = begun.event AND ended.pairing_id = begun.pairing_id AND ended.outcome <> '${PENDING}'
    AND ended.time >= begun.time AND ended.time < begun.time + INTERVAL '${LONGEST_ACTION_HOURS}' HOUR
)
ORDER BY begun.time DESC, begun.id`,
  },
];

/** Of how many days the questions ask that are saved in Athena, where each day that is read costs. */
export const SAVED_QUESTION_DAYS = 30;

/**
 * A question as a whole query.
 *
 * @param lastDays asks of the last days only, so that Athena reads no more than these. Without it, of all.
 */
export function questionSql({ query }: AuditQuestion, lastDays?: number): string {
  const since =
    lastDays === undefined
      ? ''
      : ` WHERE ${DAY_COLUMN} >= replace(CAST(CAST(current_date - INTERVAL '${lastDays}' DAY AS date) AS varchar), '-', '')`;
  return `WITH events AS (SELECT * FROM ${VIEWS.audit}${since})\n${query}`;
}
