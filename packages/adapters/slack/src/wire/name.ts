/** Action ids of link buttons begin so: Slack reports their use, and nobody asked. */
export const linkPrefix = "devflow:link:";

const suffix = /::\d+$/;

/**
 * The `action_id` of the `count`th element with this id in a message. Slack wants them unique among neighbours; buttons
 * that differ only in their value have the same id here.
 */
export function actionId(id: string, count: number): string {
  return count > 0 || suffix.test(id) ? `${id}::${count}` : id;
}

/** The id that {@link actionId} wrote. */
export function nameOfAction(id: string): string {
  return id.replace(suffix, "");
}

/** A `response_url` with the user it answers, as the `route` of an address. */
export function writeRoute(user: string, url: string): string {
  return `${user} ${url}`;
}

/** What {@link writeRoute} wrote. Undefined unless it is a secure address, or one on this machine. */
export function readRoute(route: string | undefined): { readonly user: string; readonly url: string } | undefined {
  const [user = "", url = ""] = route?.split(" ") ?? [];
  return /^https:\/\/|^http:\/\/(?:localhost|127\.0\.0\.1)[:/]/.test(url) ? { user, url } : undefined;
}

/** A file of Slack's, as the handle of an attachment: its id, and its address where the payload had one. */
export function writeHandle(id: string, url: string | undefined): string {
  return url === undefined ? id : `${id} ${url}`;
}

/** What {@link writeHandle} wrote. */
export function readHandle(handle: string): { readonly id: string; readonly url?: string } {
  const [id = "", url] = handle.split(" ");
  return url === undefined ? { id } : { id, url };
}
