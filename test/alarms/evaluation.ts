/**
 * How CloudWatch decides on an alarm's state.
 *
 * Source: Amazon CloudWatch User Guide, "Evaluating an alarm" and "Configuring how CloudWatch alarms treat missing data".
 * What they do not tell is how many periods more than it must CloudWatch looks at (the "evaluation range"): whoever asks
 * says that.
 */

export type AlarmState = 'OK' | 'ALARM';

export interface AlarmRule {
  readonly threshold: number;
  readonly comparison: string;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: string;
}

/** Whether a value is beyond the threshold, by the comparison's name in the API. */
const BREACHES: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/**
 * @param range values of the periods in the evaluation range, the latest last; `undefined` where one is missing.
 * @throws Error for a range that is too short, and for a rule that none of our alarms has had so far.
 */
export function evaluateAlarm(range: readonly (number | undefined)[], rule: AlarmRule): AlarmState {
  const { threshold, evaluationPeriods, datapointsToAlarm, treatMissingData } = rule;
  const breaches = BREACHES[rule.comparison];
  if (breaches === undefined || !['breaching', 'notBreaching'].includes(treatMissingData)) {
    throw new Error(`Alarms with ${rule.comparison} and ${treatMissingData} are not known here.`);
  }
  if (range.length < evaluationPeriods) {
    throw new Error(`${range.length} periods are fewer than the alarm's ${evaluationPeriods}.`);
  }
  // Real values first, however old they are in the range: only what they lack is filled.
  const latest = range.filter((value) => value !== undefined).slice(-evaluationPeriods);
  const missing = treatMissingData === 'breaching' ? evaluationPeriods - latest.length : 0;
  const breaching = latest.filter((value) => breaches(value, threshold)).length + missing;
  return breaching >= datapointsToAlarm ? 'ALARM' : 'OK';
}
