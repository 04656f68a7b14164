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
    readonly destroy: number;
    readonly total: number;
  };
  /** As they stood before they were destroyed, or after the roll-back. */
  readonly stacks: readonly { readonly name: string; readonly status: string; readonly resources: number }[];
  readonly input: {
    readonly files: number;
    /** Of them: digest files and others, which are not forwarded. */
    readonly notLogFiles: number;
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
  /** The CloudTrail token, renewed in the middle of forwarding; null for a destination without one. */
  readonly tokenRotation: {
    readonly seconds: number;
    /** Former tokens that the vendor refused from then on. */
    readonly revoked: number;
  } | null;
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
