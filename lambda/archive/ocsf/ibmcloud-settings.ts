/**
 * What the settings of IBM Cloud's account management are called, and what their values mean.
 *
 * Source: IBM Cloud documentation, "Activity tracking events for account management", its tables of `requestData` fields.
 */

export interface Setting {
  readonly label: string;
  /** What a value means; `undefined` where it says so itself. */
  readonly meaning?: (value: unknown) => string | undefined;
  /** Why a change should be looked at first. `before` is `undefined` where it is not told. */
  readonly attention?: (before: unknown, after: unknown) => string | undefined;
}

interface MfaTrait {
  readonly meaning: string;
  /** Whom it covers, and how good its factor is: the more the better. */
  readonly reach: number;
  readonly factor: number;
}

/** An empty trait is that of the deprecated event. */
const MFA_TRAITS: Readonly<Record<string, MfaTrait>> = {
  '': { meaning: 'No multifactor authentication: id and password suffice', reach: 0, factor: 0 },
  NONE: { meaning: 'No multifactor authentication: id and password suffice', reach: 0, factor: 0 },
  TOTP: {
    meaning: 'Time-based one-time passcode for users with an IBMid that is not federated',
    reach: 1,
    factor: 2,
  },
  TOTP4ALL: { meaning: 'Time-based one-time passcode for all users with an IBMid', reach: 2, factor: 2 },
  LEVEL1: { meaning: 'Passcode by e-mail for all users', reach: 3, factor: 1 },
  LEVEL2: { meaning: 'Time-based one-time passcode for all users', reach: 3, factor: 2 },
  LEVEL3: { meaning: 'Security key for all users', reach: 3, factor: 3 },
};

const mfa: Setting = {
  label: 'Multifactor authentication (MFA)',
  meaning: (value) => traitOf(value)?.meaning,
  attention: (before, after) => {
    const [old, now] = [traitOf(before), traitOf(after)];
    if (now?.reach === 0 && old?.reach !== 0) {
      return 'Multifactor authentication was switched off.';
    }
    return old !== undefined && now !== undefined && (now.reach < old.reach || now.factor < old.factor)
      ? 'Multifactor authentication was weakened.'
      : undefined;
  },
};

function traitOf(value: unknown): MfaTrait | undefined {
  return typeof value === 'string' && Object.hasOwn(MFA_TRAITS, value) ? MFA_TRAITS[value] : undefined;
}

/** A setting that is `RESTRICTED` or `NOT_RESTRICTED`. */
function restriction(label: string, restricted: string, open: string, attention: string): Setting {
  const meanings: Readonly<Record<string, string>> = { RESTRICTED: restricted, NOT_RESTRICTED: open };
  return {
    label,
    meaning: (value) => meanings[String(value)],
    attention: (_, after) => (after === 'NOT_RESTRICTED' ? attention : undefined),
  };
}

/** A setting that is on or off. @param risky the value that is to be looked at first. */
function onOff(label: string, on: string, off: string, risky: boolean, attention: string): Setting {
  return {
    label,
    meaning: (value) => (isTrue(value) ? on : isFalse(value) ? off : undefined),
    attention: (_, after) => ((risky ? isTrue(after) : isFalse(after)) ? attention : undefined),
  };
}

const isTrue = (value: unknown) => String(value).toLowerCase() === 'true';
const isFalse = (value: unknown) => String(value).toLowerCase() === 'false';

/**
 * Whether a value of a user's `2FA` asks for a factor: it is true or false or, assumed, the name of the factor.
 *
 * @returns `undefined` where the value says neither.
 */
export function factorSwitch(value: unknown): boolean | undefined {
  if (isFalse(value) || value === '' || /^(?:none|off|disabled)$/i.test(String(value))) {
    return false;
  }
  return isTrue(value) || /^(?:on|enabled)$/i.test(String(value)) || traitOf(value) !== undefined
    ? true
    : undefined;
}

const allowedAddresses = restriction(
  'Restrict IP address access',
  'The account may be used from the allowed addresses only',
  'The account may be used from any address',
  'The restriction to allowed addresses was removed.',
);

/** By the vendor's name of the field. */
const SETTINGS: Readonly<Record<string, Setting>> = {
  mfa_traits: mfa,
  mfa,
  restrict_create_platform_apikey: restriction(
    'Restrict API key creation',
    'Only users with a role for it may create API keys',
    'All users may create API keys',
    'All users may create API keys now.',
  ),
  restrict_create_service_id: restriction(
    'Restrict service ID creation',
    'Only users with a role for it may create service ids',
    'All users may create service ids',
    'All users may create service ids now.',
  ),
  allowed_ip_addresses: {
    ...allowedAddresses,
    attention: (before, after) =>
      // Where the addresses themselves are told.
      after === ''
        ? 'The restriction to allowed addresses was removed.'
        : allowedAddresses.attention?.(before, after),
  },
  public_access_enabled: onOff(
    'Public access group',
    'Policies may give everybody access, also without signing in',
    'Nobody has access without signing in',
    true,
    'The public access group was switched on: resources may be opened to everybody.',
  ),
  team_directory_enabled: onOff(
    'Restrict user list visibility',
    'Not restricted: users see the other users of the account',
    'Restricted: users see others only where they may manage them',
    true,
    'The visibility of the user list is no longer restricted.',
  ),
  '2FA': {
    label: 'User one-time passcode authentication',
    meaning: (value) =>
      factorSwitch(value) === undefined
        ? undefined
        : `The user needs ${factorSwitch(value) ? 'a' : 'no'} one-time passcode to log in`,
    attention: (_, after) =>
      factorSwitch(after) === false ? 'Multifactor authentication was switched off for a user.' : undefined,
  },
  security_questions_setup: onOff(
    'Require MFA security questions at login',
    'The user has to answer security questions to log in',
    'The user has to answer no security questions to log in',
    false,
    'Security questions are no longer asked of a user.',
  ),
  self_manage: onOff(
    'User-managed login',
    'The user may set when the password expires, security questions and allowed addresses',
    "The user's log-in settings are those that an administrator sets",
    true,
    'A user may change the own log-in settings now.',
  ),
  ips_added: { label: 'Allowed IP addresses: added' },
  ips_removed: {
    label: 'Allowed IP addresses: removed',
    attention: () => 'Allowed addresses were removed: once none is left, any address is allowed.',
  },
  iam_id: { label: 'IAM id' },
  instance_name: { label: 'Name' },
  lock: {
    label: 'Locked',
    meaning: (value) => (isTrue(value) ? 'It cannot be changed' : 'It can be changed'),
  },
};

export function settingOf(field: string): Setting | undefined {
  return Object.hasOwn(SETTINGS, field) ? SETTINGS[field] : undefined;
}
