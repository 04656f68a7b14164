import { describe, expect, test } from 'vitest';
import { type AlarmRule, type AlarmState, evaluateAlarm } from './evaluation.ts';

const rule: AlarmRule = {
  threshold: 0,
  comparison: 'GreaterThanThreshold',
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  treatMissingData: 'breaching',
};

/** As CloudWatch's documentation writes it: `0` within the threshold, `X` beyond it, `-` missing. */
function periods(text: string): (number | undefined)[] {
  return text.split(' ').map((period) => ({ '0': 0, X: 1 })[period]);
}

function stateOf(text: string, changed: Partial<AlarmRule>): AlarmState {
  return evaluateAlarm(periods(text), { ...rule, ...changed });
}

describe('the tables of "Configuring how CloudWatch alarms treat missing data"', () => {
  test.each([
    ['0 - X - X', 'OK', 'OK'],
    ['- - - - 0', 'OK', 'OK'],
    ['- - - - -', 'ALARM', 'OK'],
    ['0 X X - X', 'ALARM', 'ALARM'],
    ['- - X - -', 'ALARM', 'OK'],
  ])('3 of 3: %s', (text, breaching, notBreaching) => {
    expect(stateOf(text, {})).toBe(breaching);
    expect(stateOf(text, { treatMissingData: 'notBreaching' })).toBe(notBreaching);
  });

  test.each([
    ['0 - X - X', 'ALARM', 'ALARM'],
    ['0 0 X 0 X', 'ALARM', 'ALARM'],
    ['0 - X - -', 'ALARM', 'OK'],
    ['- - - - 0', 'ALARM', 'OK'],
    ['- - - - X', 'ALARM', 'OK'],
  ])('2 of 3: %s', (text, breaching, notBreaching) => {
    expect(stateOf(text, { datapointsToAlarm: 2 })).toBe(breaching);
    expect(stateOf(text, { datapointsToAlarm: 2, treatMissingData: 'notBreaching' })).toBe(notBreaching);
  });
});

test('1 of 3 goes by any of the latest three, and is not startled by one that is late', () => {
  const one = { datapointsToAlarm: 1 };

  expect(stateOf('0 0 X 0 0', one)).toBe('ALARM');
  expect(stateOf('X X 0 0 0', one)).toBe('OK');
  expect(stateOf('0 0 0 - 0', one)).toBe('OK');
  expect(stateOf('0 0 0 - -', one)).toBe('OK');
  expect(stateOf('0 0 - - -', one)).toBe('ALARM');
});

test.each([
  ['GreaterThanThreshold', 'OK'],
  ['GreaterThanOrEqualToThreshold', 'ALARM'],
  ['LessThanThreshold', 'OK'],
  ['LessThanOrEqualToThreshold', 'ALARM'],
])('the threshold itself and %s', (comparison, state) => {
  expect(evaluateAlarm([5, 5, 5], { ...rule, comparison, threshold: 5 })).toBe(state);
});

test('what is not known is refused', () => {
  expect(() => evaluateAlarm([0], rule)).toThrow('1 periods are fewer');
  expect(() => stateOf('0 0 0', { treatMissingData: 'ignore' })).toThrow('ignore');
  expect(() => stateOf('0 0 0', { comparison: 'GreaterThanUpperThreshold' })).toThrow('Upper');
});
