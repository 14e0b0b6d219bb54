/** A JSON object as Slack sent it. Fields that this adapter does not name are there too. */
export type SlackObject = { readonly [field: string]: unknown };

/** One installation that an event was delivered to. */
export interface SlackAuthorization {
  readonly enterprise_id?: string | null;
  readonly team_id?: string | null;
  readonly user_id?: string;
  readonly is_bot?: boolean;
  readonly is_enterprise_install?: boolean;
}

/** Body of an Events API request, and payload of an `events_api` frame. */
export interface SlackEvent {
  readonly type: "event_callback" | "app_rate_limited" | (string & {});
  readonly team_id?: string;
  readonly enterprise_id?: string | null;
  readonly context_team_id?: string | null;
  readonly api_app_id?: string;
  readonly event?: SlackObject & { readonly type?: string };
  readonly event_id?: string;
  /** Seconds. */
  readonly event_time?: number;
  readonly event_context?: string;
  readonly authorizations?: readonly SlackAuthorization[];
  readonly is_ext_shared_channel?: boolean;
}

/** Somebody used a block, a shortcut or a view. */
export interface SlackInteraction {
  readonly type: string;
  readonly team?: { readonly id?: string; readonly domain?: string } | null;
  readonly enterprise?: { readonly id?: string; readonly name?: string } | null;
  readonly is_enterprise_install?: boolean;
  readonly user?: { readonly id?: string; readonly username?: string; readonly name?: string; readonly team_id?: string };
  readonly api_app_id?: string;
  readonly trigger_id?: string;
  readonly response_url?: string;
  readonly channel?: { readonly id?: string; readonly name?: string } | null;
  readonly container?: SlackObject;
  readonly message?: SlackObject;
  readonly view?: SlackObject;
  readonly actions?: readonly SlackObject[];
  readonly callback_id?: string;
}

/** The fields of a slash command. */
export interface SlackCommand {
  readonly command: string;
  readonly text?: string;
  readonly team_id?: string;
  readonly enterprise_id?: string;
  readonly is_enterprise_install?: string;
  readonly channel_id?: string;
  readonly channel_name?: string;
  readonly user_id?: string;
  readonly user_name?: string;
  readonly response_url?: string;
  readonly trigger_id?: string;
  readonly api_app_id?: string;
}

/** What `raw` of a Slack event is. */
export type SlackEnvelope = SlackEvent | SlackInteraction | SlackCommand;

/** Which of the three a delivery holds. */
export type Via = "event" | "command" | "interaction";

/** A formatted operation: the Web API method and its arguments. What is known only at sending is added by the sender. */
export interface SlackCall {
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** With `chat.stopStream`: the edit that makes the message read as the draft, and whether appended Markdown cannot. */
  readonly exact?: { readonly args: Readonly<Record<string, unknown>>; readonly needed: boolean };
}
