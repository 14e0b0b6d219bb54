/** An account of Jira Cloud; without the two ids with which Atlassian's editor addresses everybody. */
export const accountId: RegExp = /^(?!(?:all|here)$)[\w:-]{1,128}$/;

/** A user's name on a Data Center server that can be written between `[~` and `]`. */
export const userName: RegExp = /^[\p{L}\p{N}_][\p{L}\p{N}\p{M}_.@+-]{0,254}$/u;
