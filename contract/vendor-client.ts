/**
 * The vendor's own CloudTrail client, which forwards in our forwarder's place with
 * `ForwardingDestination=VendorClient`: a nested stack from the vendor's template.
 */

/**
 * Logical id of the nested stack, as short as in the vendor's own onboarding solution, whose template explains
 * why: CloudFormation builds the nested stack's name from the stack's name and this id, and the vendor's template
 * builds names of at most 64 characters from that.
 */
export const VENDOR_CLIENT_LOGICAL_ID = 'CTrl';

/** Characters. Source: Trend Micro's AWS onboarding guide, "Requirements". */
export const LONGEST_STACK_NAME_WITH_VENDOR_CLIENT = 8;

/** What the names of the nested stack, and hence those of its functions and roles, begin with. */
export function vendorClientNamePrefix(stackName: string): string {
  return `${stackName}-${VENDOR_CLIENT_LOGICAL_ID}-`;
}

/** The vendor's client stack cannot be deployed below a stack of that name. */
export class StackNameTooLongError extends Error {
  override readonly name = 'StackNameTooLongError';

  constructor(stackName: string) {
    super(
      `This stack's name, "${stackName}", has ${stackName.length} characters. With ForwardingDestination=VendorClient it ` +
        `may have ${LONGEST_STACK_NAME_WITH_VENDOR_CLIENT} at most, for the vendor's client stack builds names of limited ` +
        'length from it. Deploy it under a shorter name, such as CloudOne; or choose the destination CloudOne or ' +
        'VisionOne, for which any name will do.',
    );
  }
}

/** @throws StackNameTooLongError */
export function assertNameFitsVendorClient(stackName: string): void {
  if (stackName.length > LONGEST_STACK_NAME_WITH_VENDOR_CLIENT) {
    throw new StackNameTooLongError(stackName);
  }
}
