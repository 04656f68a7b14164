/**
 * What IBM Cloud's account management reports, and the data that comes with each action. Source: IBM Cloud documentation,
 * "Activity tracking events for account management"; the last group: "Activity tracking events for IAM".
 */
import { at, type Random } from './random.ts';

export interface IbmAction {
  readonly action: string;
  readonly message: string;
  /** The kind of the target, and its service. */
  readonly target: string;
  readonly data?: (random: Random, turn: number) => IbmData;
  /** Reported as pending, and again when it is done. */
  readonly isAsynchronous?: true;
  /** Usage reports: there may be no data for the request, which is no failure of anybody. */
  readonly mayBeEmpty?: true;
  readonly severity?: 'warning' | 'critical';
  /** An event that follows at once: a switch that emits two. */
  readonly followedBy?: (data: IbmData) => string | undefined;
}

export interface IbmData {
  readonly requestData?: Readonly<Record<string, unknown>>;
  readonly responseData?: Readonly<Record<string, unknown>>;
}

const MFA = ['NONE', 'TOTP', 'TOTP4ALL', 'LEVEL1', 'LEVEL2', 'LEVEL3'];
const RESTRICTION = ['NOT_RESTRICTED', 'RESTRICTED'];

function billing(rest: string, more: Partial<IbmAction> = {}): IbmAction {
  const [noun = '', verb = ''] = rest.split('.');
  const message = `Billing service: ${verb} ${noun.replaceAll('-', ' ')}`;
  return { action: `billing.${rest}`, message, target: 'billing/account', ...more };
}

function users(rest: string, message: string, more: Partial<IbmAction> = {}): IbmAction {
  return {
    action: `user-management.${rest}`,
    message: `IAM User Management: ${message}`,
    target: 'user-management/user',
    ...more,
  };
}

function report(rest: string, data: (random: Random) => Readonly<Record<string, unknown>>): IbmAction {
  const requestData = (random: Random) => ({
    month: `2026-0${1 + random.below(9)}`,
    ...data(random),
  });
  return billing(rest, { data: (random) => ({ requestData: requestData(random) }), mayBeEmpty: true });
}

const setting = (update: object): IbmData => ({ requestData: { totalNumberChanges: 1, update: [update] } });
const ips = (random: Random) =>
  Array.from({ length: 2 }, () => ({ address: `203.0.113.${random.below(256)}`, addressType: 'IPv4' }));

/** Each setting of a user's, in turn. */
const userSettings: readonly ((random: Random) => IbmData)[] = [
  (random) => setting({ ips_added: ips(random), updateType: 'allowed_ip_addresses changes' }),
  (random) => setting({ ips_removed: ips(random), updateType: 'allowed_ip_addresses changes' }),
  () => setting({ initialValue: true, newValue: false, updateType: 'self_manage update' }),
  () => setting({ initialValue: false, newValue: true, updateType: '2FA update' }),
  () => setting({ initialValue: true, newValue: false, updateType: '2FA update' }),
  () => setting({ initialValue: false, newValue: true, updateType: 'security_questions_setup update' }),
];

/** Each setting of the account's, in turn: of some, all values there are. */
const accountSettings: readonly ((random: Random) => Readonly<Record<string, string>>)[] = [
  (random) => ({ old_mfa_traits: random.pick(MFA), new_mfa_traits: random.pick(MFA) }),
  () => ({ old_mfa_traits: 'TOTP4ALL', new_mfa_traits: 'NONE' }),
  (random) => change('restrict_create_platform_apikey', random),
  (random) => change('restrict_create_service_id', random),
  (random) => change('allowed_ip_addresses', random),
];

function change(field: string, random: Random): Readonly<Record<string, string>> {
  const old = random.below(2);
  return { [`old_${field}`]: at(RESTRICTION, old), [`new_${field}`]: at(RESTRICTION, old + 1) };
}

/** In turn: switched on, switched off, and the visibility of the list of users. */
function traits(random: Random, turn: number): IbmData {
  const visibility = { team_directory_enabled: random.chance(0.5) };
  const choice = [{ mfa: random.pick(['TOTP', 'TOTP4ALL']) }, { mfa: '' }, visibility];
  return { requestData: { origin: 'BSS', ...at<object>(choice, turn) } };
}

function mfaSwitch({ requestData }: IbmData): string | undefined {
  if (requestData?.mfa === undefined) return undefined;
  return requestData.mfa === '' ? 'billing.account-mfa.set-off' : 'billing.account-mfa.set-on';
}

const tagging = (rest: string): IbmAction => ({
  action: `global-search-tagging.${rest}`,
  message: `Global Search and Tagging: ${rest.replace('.', ' ')}`,
  target: 'global-search-tagging/tag',
  data: () => ({ requestData: { tag_type: 'access', tag_names: ['env:prod'] } }),
});
const carbon = (noun: string): IbmAction => ({
  action: `carbon-calculator.${noun}.list`,
  message: `Carbon Calculator: list ${noun}`,
  target: 'carbon-calculator/account',
});
const tagged = (service: string, verb: string): IbmAction => ({
  action: `${service}.tag.${verb}`,
  message: `${service}: ${verb} tag`,
  target: `${service}/instance`,
  data: () => ({ requestData: { tag_names: ['env:prod', 'チーム:監査'] } }),
});
const iam = (action: string, target: string, more: Partial<IbmAction> = {}): IbmAction => ({
  action,
  message: `IAM: ${action}`,
  target,
  ...more,
});

export const IBM_ACTIONS: readonly IbmAction[] = [
  billing('account.create'),
  billing('account.update'),
  billing('account.active'),
  billing('account-subscription.create'),
  report('account-summary.read', () => ({})),
  report('account-summary.download', () => ({})),
  report('account-usage-report.read', (random) => ({
    usage_report_type: random.pick(['instances', 'rollup']),
    daily: random.chance(0.5),
    resource_group: random.hex(32),
  })),
  report('account-instances-usage-report.download', () => ({})),
  report('enterprise-usage-report.read', (random) => ({ children: true, enterprise_id: random.hex(32) })),
  report('enterprise-usage-report.download', (random) => ({
    children: false,
    enterprise_id: random.hex(32),
  })),
  report('enterprise-instances-usage-report.download', (random) => ({ enterprise_id: random.hex(32) })),
  iam('iam-identity.accountsettings.update', 'iam-identity/accountsettings', {
    severity: 'warning',
    data: (random, turn) => ({ requestData: { request_body: at(accountSettings, turn)(random) } }),
  }),
  iam('iam-groups.account-settings.update', 'iam-groups/account-settings', {
    data: (random) => ({ requestData: { public_access_enabled: random.chance(0.5) } }),
  }),
  billing('account-traits.update', { severity: 'warning', data: traits, followedBy: mfaSwitch }),
  billing('account-mfa.set-on'),
  billing('account-mfa.set-off', { severity: 'critical' }),
  billing('account-org.create'),
  tagging('tag.create'),
  tagging('tag.delete'),
  tagging('tags.delete'),
  tagged('cloud-object-storage', 'attach'),
  tagged('containers-kubernetes', 'detach'),
  users('user.invite', 'invite user', { isAsynchronous: true }),
  users('user.resend-invite', 'resend invite'),
  users('cloud-user.list', 'list users'),
  users('user.read', 'read user'),
  billing('user.active'),
  users('user.update', 'update user'),
  users('user-realm.update', 'update user realm'),
  users('user.delete', 'delete user IBMid-Example', { isAsynchronous: true, severity: 'warning' }),
  users('user-setting.read', 'read user-setting'),
  users('user-setting.update', 'update user-setting user@company.com', {
    data: (random, turn) => at(userSettings, turn)(random),
  }),
  users('user-invitation.accept', "accept user invitation to account Joe Test's Account", {
    data: (random) => ({
      responseData: {
        update: [
          {
            initialValue: `BSS-${random.hex(32)}`,
            newValue: 'IBMid-663003Z105',
            updateType: 'IAM ID Update during Accept',
          },
        ],
      },
    }),
  }),
  carbon('carbon-emissions'),
  carbon('services'),
  carbon('locations'),
  iam('iam-identity.user-apikey.login', 'iam-identity/user-apikey'),
  iam('iam-identity.user-apikey.create', 'iam-identity/user-apikey', { severity: 'warning' }),
  iam('iam-groups.member.add', 'iam-groups/member'),
  iam('iam-am.policy.create', 'iam-am/policy', { severity: 'warning' }),
];
