/**
 * A controller and the account whose history it gives, in words. The user, or the API client, may be another one of the account.
 *
 * @param controllerUrl with or without a slash at its end, in whatever case its host is written.
 * @param principal `<user or API client>@<account>`; the user's name may hold an `@` itself.
 */
export function controllerPlace(controllerUrl: string, principal: string): string {
  const { origin, pathname } = new URL(controllerUrl);
  const account = principal.slice(principal.lastIndexOf('@') + 1);
  return `${account} at ${origin}${pathname.replace(/\/+$/, '')}`;
}
