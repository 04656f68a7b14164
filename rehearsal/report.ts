/** What a rehearsal reports: the shape of `.rehearsal/report.json`, which people and scripts rely on. */

/** Who forwards, and to whom: our forwarder, or the vendor's own client to Cloud One. */
export type Destination = 'cloudone' | 'visionone' | 'vendorclient';

export interface RehearsalReport {
  /** Whether everything was as it must be. The process's exit status says the same. */
  readonly ok: boolean;
  /** Why `ok` is false; empty when it is true. */
  readonly problems: readonly string[];
  /** ISO 8601. */
  readonly startedAt: string;
  readonly options: {
    readonly input: string;
    readonly destination: Destination;
    readonly existingBucket: boolean;
    /** The story that was played, such as `round-trip`. */
    readonly scenario: string;
    readonly failAt: string | null;
  };
  readonly environment: {
    /** Such as `MiniStack 1.5.33`. */
    readonly localAws: string;
    readonly node: string;
    readonly cdk: string;
    readonly platform: string;
    readonly processors: number;
  };
  /** Seconds each phase took; a phase that was not reached is 0. */
  readonly seconds: {
    readonly setup: number;
    readonly bootstrap: number;
    readonly deploy: number;
    readonly forward: number;
    /** Collecting audit logs, and all that is done with them. */
    readonly archive: number;
    /** All updates together, with what was forwarded through them. */
    readonly update: number;
    readonly destroy: number;
    readonly total: number;
  };
  /** As they stood before they were destroyed, or after the roll-back. */
  readonly stacks: readonly { readonly name: string; readonly status: string; readonly resources: number }[];
  readonly input: {
    readonly files: number;
    /** Of them: digest files and others, which are not forwarded. */
    readonly notLogFiles: number;
    /** Those that a filter drops included. */
    readonly events: number;
    readonly bytes: number;
  };
  /** Counts, by eventID, at the destination. */
  readonly delivered: {
    readonly events: number;
    readonly missing: number;
    readonly duplicates: number;
    /** Events whose content at the destination is not the input's. */
    readonly altered: number;
    /** Up to twenty of them, to begin looking. */
    readonly missingIds: readonly string[];
    readonly duplicateIds: readonly string[];
  };
  /** Records that the filter dropped, by the name of the rule, as the ledger says. Empty without a filter. */
  readonly filtered: Readonly<Record<string, number>>;
  /** Files that the input made poisonous on purpose: where they ended, and why. */
  readonly deadLettered: readonly {
    readonly key: string;
    readonly reason: string;
    readonly detail: string;
  }[];
  /** From the object's creation to the destination's acknowledgement. */
  readonly latencyMs: {
    readonly p50: number;
    readonly p95: number;
    readonly max: number;
    /** One a file, in the order of creation, for the plot. */
    readonly samples: readonly number[];
  };
  /** With the scenario `update`: each change, in order. */
  readonly updates: readonly UpdateReport[];
  /** The CloudTrail token, renewed in the middle of forwarding; null for a destination without one. */
  readonly tokenRotation: {
    readonly seconds: number;
    /** Former tokens that the vendor refused from then on. */
    readonly revoked: number;
  } | null;
  /** What the deployed check proved of the forwarded files; null where it was not asked. */
  readonly completeness: {
    /** Log files, and the signed digests that list them. */
    readonly files: number;
    readonly digests: number;
    /** A file was struck out of the ledger, found to be lacking, and forwarded again. */
    readonly gapClosed: boolean;
  } | null;
  /** With the scenario `audit`: what became of the vendors' audit logs. Empty otherwise. */
  readonly audit: {
    readonly sources: readonly AuditSourceReport[];
    /** Saved queries, and what they found. */
    readonly answers: readonly AuditAnswer[];
    /** Made by the function, in the archive. */
    readonly reports: readonly AuditReportFile[];
    /** As the local Amazon SES took it; null where no mail was to be seen. */
    readonly mail: { readonly to: readonly string[]; readonly subject: string } | null;
  };
  /** The vendors' side. */
  readonly vendor: { readonly registered: VendorHoldings; readonly afterDestroy: VendorHoldings };
  /** What is left in AWS and at the vendors after destroying: must be empty. */
  readonly residue: {
    /** False where the rehearsal did not come so far: then the lists say nothing. */
    readonly checked: boolean;
    readonly aws: readonly string[];
    readonly vendors: readonly string[];
    /** Left by design: the bootstrap stack, keys pending deletion, issued tokens that lapse. */
    readonly retained: readonly string[];
  };
  /** With an existing bucket: its own notification document; before and after are equal. */
  readonly bucketNotification: {
    readonly before: unknown;
    readonly during: unknown;
    readonly after: unknown;
  } | null;
  /** With `--fail-at`: how the deployment failed. */
  readonly failure: {
    readonly step: string;
    readonly stackStatus: string;
    /** CloudFormation's reason, as a user reads it. */
    readonly message: string;
    readonly namesStepAndCause: boolean;
  } | null;
  readonly permissions: PermissionProof | null;
  /** Whether the deployer's policy would allow what CloudFormation calls; null where nothing was deployed. */
  readonly deployer: DeployerProof | null;
}

/** What a vendor holds, and what the archive holds of it. */
export interface AuditSourceReport {
  /** `cloudone`, `appdynamics` or `ibmcloud`. */
  readonly source: string;
  readonly held: number;
  readonly archived: number;
  readonly missing: number;
  /** Archived more often than it is held. */
  readonly surplus: number;
  /** Ids that stand more than once. */
  readonly sameIds: number;
  /** Calls of the collector. */
  readonly runs: number;
  /** Rows that a query finds. */
  readonly derived: number;
  /** What made collecting hard, in words: `12 calls throttled (429)`. */
  readonly difficulties: readonly string[];
}

export interface AuditAnswer {
  /** As `trailbridge audit query --saved` takes it. */
  readonly name: string;
  readonly question: string;
  readonly rows: number;
  /** Some of them, by column. */
  readonly first: readonly Readonly<Record<string, unknown>>[];
}

export interface AuditReportFile {
  readonly key: string;
  readonly format: string;
  readonly bytes: number;
  /** A copy of it, relative to this report: `audit/<name>`. */
  readonly copy: string;
}

/** One change of a stack that stands, and what went through meanwhile. */
export interface UpdateReport {
  /** In words: `API key rotated, by value`. */
  readonly change: string;
  /** Names of the parameters that were given; values may be secret. */
  readonly parameters: readonly string[];
  /** The stack's status at the end. */
  readonly status: string;
  /** Why it was rolled back, as a user reads it; null where it was not. */
  readonly reason: string | null;
  readonly seconds: number;
  /** Logical ids, by what CloudFormation did with them. What it did not touch is not listed. */
  readonly resources: {
    readonly created: readonly string[];
    readonly updated: readonly string[];
    /** Made anew, and the former one deleted in the clean-up. */
    readonly replaced: readonly string[];
    readonly removed: readonly string[];
  };
  /** Files put into the bucket before, during and after the update. */
  readonly files: { readonly before: number; readonly during: number; readonly after: number };
  /** Events that had to have arrived at the end of this change, of all changes so far, and what is wrong with them. */
  readonly delivered: { readonly events: number; readonly missing: number; readonly duplicates: number };
  readonly vendors: VendorHoldings;
}

/** Counts of what the vendors hold for this account, by kind. */
export interface VendorHoldings {
  /** `connecting`, `connected`, or null. */
  readonly visionOneConnection: string | null;
  /** In Vision One, that came with generated enrolment tokens. */
  readonly visionOneConnectors: number;
  readonly workloadConnectors: number;
  readonly cloudAccounts: number;
  /** Stacks that told the CloudTrail service of their creation and not of their deletion. */
  readonly forwardingStacks: number;
  /** Issued, and lapsing by themselves. */
  readonly stackTokens: number;
}

/** What AWS says that CloudFormation calls for the stack's resources, evaluated by what `trailbridge permissions` prints. */
export interface DeployerProof {
  /** Pairs of an action and a resource. */
  readonly evaluated: number;
  /** Each fails the rehearsal. */
  readonly denied: readonly string[];
}

/** Every AWS call that each function made, evaluated against its own role and the policies involved. */
export interface PermissionProof {
  readonly calls: number;
  readonly functions: readonly {
    readonly name: string;
    readonly calls: readonly {
      /** Such as `secretsmanager:GetSecretValue`. */
      readonly action: string;
      readonly resource: string;
      readonly count: number;
      readonly allowed: boolean;
      /** Why not, where it is not. */
      readonly reason?: string;
    }[];
    /** Statements' actions that no call ever needed. */
    readonly unusedActions: readonly string[];
  }[];
  /** Calls that the roles would not allow: each fails the rehearsal. */
  readonly denied: readonly string[];
}
