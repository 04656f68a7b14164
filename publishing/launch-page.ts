/** The page with the launch buttons: one file that needs no script and nothing from a network. */
import { AWS_REGION_BY_CLOUD_ONE_REGION, type CloudOneRegion } from '../contract/regions.ts';
import { html, type Markup, trusted } from '../page/html.ts';
import type { Launch } from './launch-links.ts';
import { STYLES } from './launch-page-styles.ts';
import { CLOUD_ONE } from './stacks.ts';
import {
  type GroupFacts,
  type ParameterFacts,
  parameterGroups,
  resourceCounts,
  type Template,
} from './template-facts.ts';

export interface LaunchPageProps {
  readonly launches: readonly Launch[];
  readonly template: Template;
  readonly templateUrl: string;
}

/** As AWS writes them (AWS Global Infrastructure, "Regions"). */
const PLACES: Readonly<Record<CloudOneRegion, string>> = {
  'us-1': 'N. Virginia',
  'in-1': 'Mumbai',
  'gb-1': 'London',
  'au-1': 'Sydney',
  'de-1': 'Frankfurt',
  'jp-1': 'Tokyo',
  'sg-1': 'Singapore',
  'ca-1': 'Canada',
};

/** What the stack needs the user's leave for, as the console asks for it, and why. */
const CAPABILITIES = [
  {
    name: 'CAPABILITY_NAMED_IAM',
    asked: 'might create IAM resources with custom names',
    reason: 'each function has an IAM role of its own, and the vendor’s account stack names its role',
  },
  {
    name: 'CAPABILITY_AUTO_EXPAND',
    asked: 'might require the capability CAPABILITY_AUTO_EXPAND',
    reason: 'the vendor’s account stack is a template of its own',
  },
] as const;

export function launchPage({ launches, template, templateUrl }: LaunchPageProps): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>Launch Trailbridge</title>
<style>${trusted(STYLES)}</style>
</head>
<body>
<a class="skip" href="#launch">Skip to the launch buttons</a>
<main>
${header()}
${beforehand()}
${buttons(launches)}
${inTheConsole()}
${parameters(parameterGroups(template))}
${created(resourceCounts(template))}
${commandLine(templateUrl)}
${afterwards()}
</main>
</body>
</html>
`;
  return page.text;
}

function header(): Markup {
  return html`<header>
<p class="eyebrow">AWS CloudFormation</p>
<h1>Launch Trailbridge</h1>
<p class="lead">One stack connects your AWS account to Trend Cloud One and Trend Vision One, and forwards every CloudTrail file. Deleting the stack takes everything back, the registrations at the vendors included.</p>
</header>`;
}

function beforehand(): Markup {
  return html`<section aria-labelledby="beforehand">
<h2 id="beforehand">Have these at hand</h2>
<ol class="steps">
<li><strong>An API key</strong> of your Trend Cloud One account with the Full Access role (Administration → API Keys). It looks like <code>&lt;id&gt;:&lt;secret&gt;</code>.</li>
<li><strong>An enrolment token</strong> from Trend Vision One (Product Connector → Connect → Trend Cloud One), or an API key of Vision One, unless the account is connected already.</li>
<li><strong>The bucket</strong> that your CloudTrail trail writes to, in the account and region that you launch in; or choose a new trail, for which AWS charges a second copy of management events.</li>
<li><strong>A sign-in to AWS</strong> that may create IAM roles.</li>
</ol>
</section>`;
}

function buttons(launches: readonly Launch[]): Markup {
  return html`<section aria-labelledby="launch">
<h2 id="launch">Choose your Cloud One region</h2>
<p class="intro">The Cloud One console shows it beside your account’s name. Each region belongs to one AWS region. In any other the launch fails before anything is registered, and says which is right.</p>
<ul class="launches">
${launches.map(
  ({ cloudOneRegion, awsRegion, url }) => html`<li><a class="launch" href="${url}" rel="noreferrer">
<span class="code">${cloudOneRegion}</span>
<span class="where">Launch in ${awsRegion}<span class="place"> ${PLACES[cloudOneRegion]}</span></span>
</a></li>
`,
)}</ul>
</section>`;
}

function inTheConsole(): Markup {
  return html`<section aria-labelledby="console">
<h2 id="console">In the console</h2>
<ol class="steps">
<li>Sign in. A page called <em>Quick create stack</em> opens, filled in as far as it can be. Keep the stack’s name, or choose another.</li>
<li>Fill in <code>CloudOneApiKey</code>, <code>VisionOneServiceToken</code> and <code>ExistingCloudtrailBucketName</code>, or set <code>CreateNewTrail</code> to <code>true</code>. A credential that is in Secrets Manager already is given by its ARN instead (<code>…SecretArn</code>).</li>
<li>Tick the acknowledgements at the end of the page,
<ul class="capabilities">
${CAPABILITIES.map(
  ({ asked, reason }) => html`<li>that CloudFormation <em>${asked}</em>: ${reason}.</li>
`,
)}</ul></li>
<li>Choose <em>Create stack</em>. It takes some minutes. If a step fails, the events of the stack say which, why and what to do, and everything is taken back.</li>
</ol>
</section>`;
}

function parameters(groups: readonly GroupFacts[]): Markup {
  return html`<section aria-labelledby="parameters">
<h2 id="parameters">Parameters</h2>
${groups.map(
  ({ label, parameters: own }) => html`<h3>${label}</h3>
<dl class="parameters">
${own.map(
  (parameter) => html`<div><dt><code>${parameter.name}</code>${marks(parameter)}</dt>
<dd>${parameter.description} <span class="default">${defaultOf(parameter)}</span></dd></div>
`,
)}</dl>
`,
)}</section>`;
}

function marks({ default: value, isSecret }: ParameterFacts): Markup {
  return html`${value === undefined && html` <span class="mark required">required</span>`}${
    isSecret && html` <span class="mark">kept secret</span>`
  }`;
}

function defaultOf({ default: value, allowedValues }: ParameterFacts): Markup {
  const others = allowedValues.filter((candidate) => candidate !== value);
  return html`${value !== undefined && value !== '' && html`Default: <code>${value}</code>.`}${value === '' && 'Default: empty.'}${
    others.length > 0 &&
    html` Or: ${others.map((other, index) => html`${index > 0 && ', '}<code>${other}</code>`)}.`
  }`;
}

function created(counts: readonly string[]): Markup {
  return html`<section aria-labelledby="created">
<h2 id="created">What will be created</h2>
<ul class="dots">
<li>In Trend Cloud One: your AWS account as a cloud account and as a Workload Security connector, and the CloudTrail integration. What is there already is used, and left alone when the stack goes.</li>
<li>In Trend Vision One: the connection to your Cloud One account.</li>
<li>In AWS: the roles with which Trend Micro reads your inventory, a forwarder with its queue and its ledger, an alarm for what may go wrong, and what holds your API key and tokens encrypted.</li>
<li>On an existing bucket: EventBridge notifications are switched on, and nothing else is changed. Or a new trail with a bucket and a key.</li>
<li>In this region: a bucket with the code of the functions, copied from where this page was published, each archive checked by its SHA-256.</li>
</ul>
<p class="intro">In all at most ${counts.slice(0, -1).join(', ')} and ${counts.at(-1)}; your parameters decide which.</p>
</section>`;
}

function commandLine(templateUrl: string): Markup {
  const command = `aws cloudformation create-stack --region ${AWS_REGION_BY_CLOUD_ONE_REGION['us-1']} \\
  --stack-name ${CLOUD_ONE.name} \\
  --template-url ${templateUrl} \\
  --capabilities ${CAPABILITIES.map(({ name }) => name).join(' ')} \\
  --parameters file://parameters.json`;
  const values = JSON.stringify(
    ['CloudOneApiKey', 'VisionOneServiceToken', 'ExistingCloudtrailBucketName'].map((ParameterKey) => ({
      ParameterKey,
      ParameterValue: '…',
    })),
    undefined,
    2,
  );
  return html`<section aria-labelledby="command-line">
<h2 id="command-line">From a command line</h2>
<p class="intro">The same, in the AWS region that belongs to your Cloud One region:</p>
<pre tabindex="0" role="region" aria-label="Command"><code>${command}</code></pre>
<p class="intro">with a file <code>parameters.json</code>, which keeps the secrets out of the shell’s history. Delete it afterwards.</p>
<pre tabindex="0" role="region" aria-label="Contents of parameters.json"><code>${values}</code></pre>
</section>`;
}

function afterwards(): Markup {
  return html`<section aria-labelledby="afterwards">
<h2 id="afterwards">Update it, take it back</h2>
<p class="intro"><strong>A new version:</strong> choose <em>Update stack</em>, replace the template by this page’s, and use existing values. The new code is copied before any function changes; the old is removed afterwards.</p>
<p class="intro"><strong>No more:</strong> choose <em>Delete</em>. What the stack has registered is taken back at the vendors too, and an existing bucket’s notifications are as they were.</p>
</section>`;
}
